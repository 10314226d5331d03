import { PerformanceObserver } from 'node:perf_hooks';
import type { Micros, Millis } from 'l1-cache';
import type { Recorder } from './recorder.ts';

/**
 * How often the event loop is asked whether it is late. `monitorEventLoopDelay` would give percentiles, which do
 * not merge over pods; a shorter interval would cost 50 pods a noticeable share of two cores.
 */
const LOOP_PROBE_MS: Millis = 50;

/** Watches the event loop and the garbage collector while a block runs. */
export class ProcessStats {
  #recorder: Recorder | undefined;
  #timer: NodeJS.Timeout | undefined;
  #cpu = process.cpuUsage();
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) this.#recorder?.gcPause.record(entry.duration * 1e6);
  });

  start(recorder: Recorder): void {
    this.stop();
    this.#recorder = recorder;
    this.#cpu = process.cpuUsage();
    this.#observer.observe({ entryTypes: ['gc'] });
    let lastMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      recorder.eventLoopDelay.record((nowMs - lastMs - LOOP_PROBE_MS) * 1e6);
      lastMs = nowMs;
    }, LOOP_PROBE_MS);
  }

  /** CPU time spent since `start`. */
  cpu(): { readonly userUs: Micros; readonly systemUs: Micros } {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { userUs: user, systemUs: system };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#observer.disconnect();
    this.#recorder = undefined;
  }
}

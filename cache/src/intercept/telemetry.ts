import { tracingChannel } from 'node:diagnostics_channel';
import type { Millis } from '../units.ts';
import type { ReadClient } from './coverage.ts';

/** What subscribers of `tracing:l1-cache:get:start` and `:end` receive for every read answered from memory. */
export interface HitEvent {
  readonly client: ReadClient;
  /** The route's pattern or the method's name; never a key, which may tell who asked. */
  readonly route: string;
  readonly ageMs: Millis;
}

const channel = tracingChannel<unknown, HitEvent>('l1-cache:get');
const OTEL_API = Symbol.for('opentelemetry.js.api.1');
const noop = () => {};

interface OpenTelemetryApi {
  readonly trace?: {
    getTracer(name: string): {
      startSpan(name: string, options: { attributes: Record<string, string | number> }): { end(): void };
    };
  };
}

/**
 * Tells the world about a hit, which no client span, no proxy and no access log will show. Costs one check when
 * nobody listens. With the OpenTelemetry API in the process it also leaves a span, child of the active one.
 */
export function publishHit(event: HitEvent): void {
  if (channel.hasSubscribers) channel.traceSync(noop, event);
  const otel = (globalThis as Record<symbol, unknown>)[OTEL_API] as OpenTelemetryApi | undefined;
  if (otel?.trace === undefined) return;
  const attributes = { 'l1.client': event.client, 'l1.route': event.route, 'l1.age_ms': event.ageMs };
  otel.trace.getTracer('l1-cache').startSpan('l1-cache hit', { attributes }).end();
}

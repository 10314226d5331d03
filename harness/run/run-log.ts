import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block, ColdStart, MemoryReading } from '../../reports/schema.ts';

/** One finished piece of a run. */
export type Measurement =
  | { readonly kind: 'coldStart'; readonly value: ColdStart }
  | { readonly kind: 'block'; readonly value: Block }
  | { readonly kind: 'memory'; readonly value: MemoryReading };

/** What a run has measured so far. */
export interface Measured {
  readonly coldStarts: ColdStart[];
  readonly blocks: Block[];
  readonly memory: MemoryReading[];
}

/**
 * The run's measurements as they come, one JSON line each, so that a run that dies loses at most the piece it was
 * at, and a resumed one goes on from there.
 */
export class RunLog {
  readonly measured: Measured = { coldStarts: [], blocks: [], memory: [] };
  /** Pieces that an earlier process of the same run had measured. */
  readonly readBack: number;
  readonly #file: string;

  /** Opens the log in the run's report folder; what an earlier process of the same run wrote is read back. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'measurements.ndjson');
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : [];
    for (const line of lines) {
      const measurement = parse(line);
      if (measurement !== null) this.#keep(measurement);
    }
    const { coldStarts, blocks, memory } = this.measured;
    this.readBack = coldStarts.length + blocks.length + memory.length;
  }

  add(measurement: Measurement): void {
    appendFileSync(this.#file, `${JSON.stringify(measurement)}\n`);
    this.#keep(measurement);
  }

  #keep(measurement: Measurement): void {
    if (measurement.kind === 'coldStart') this.measured.coldStarts.push(measurement.value);
    else if (measurement.kind === 'block') this.measured.blocks.push(measurement.value);
    else this.measured.memory.push(measurement.value);
  }
}

/** The last line of a killed run may be half a line; it counts as not measured. */
function parse(line: string): Measurement | null {
  try {
    return JSON.parse(line) as Measurement;
  } catch {
    return null;
  }
}

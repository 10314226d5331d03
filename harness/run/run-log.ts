import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
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

  /**
   * Opens the log in the run's report folder. A run that begins takes the place of one whose report is there; one that
   * goes on reads back what an earlier process of it wrote.
   */
  constructor(folder: string, run: 'begins' | 'goes-on') {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'measurements.ndjson');
    if (run === 'begins') rmSync(this.#file, { force: true });
    for (const line of wholeLines(this.#file)) {
      const measurement = parse(line);
      if (measurement !== null) this.#keep(measurement);
    }
    this.readBack = this.#pieces;
  }

  /** Whether this process has measured a piece. */
  get hasNew(): boolean {
    return this.#pieces > this.readBack;
  }

  get #pieces(): number {
    const { coldStarts, blocks, memory } = this.measured;
    return coldStarts.length + blocks.length + memory.length;
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

/** The last line of a killed run may be half a line: it was not measured, and the next one must not continue it. */
function wholeLines(file: string): string[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(file, end);
  return bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
}

/** A line that the disk lost counts as not measured. */
function parse(line: string): Measurement | null {
  try {
    return JSON.parse(line) as Measurement;
  } catch {
    return null;
  }
}

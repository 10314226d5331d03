import type { OwnedProcess } from '../../journal/owned-process.ts';
import { PodDiedError } from './mesh-errors.ts';

/** The processes of a mesh that are meant to run. Notices when one ends unasked; disposing ends them all. */
export class RunningParts implements AsyncDisposable {
  /** Rejects with a `PodDiedError` for the first part that ends unasked; never resolves. */
  readonly died: Promise<never>;
  readonly #running = new Set<OwnedProcess>();
  readonly #reportDeath: (death: PodDiedError) => void;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {}); // nobody may be waiting when a part dies
    this.died = promise;
    this.#reportDeath = reject;
  }

  get running(): readonly OwnedProcess[] {
    return [...this.#running];
  }

  /** Watches a part from now on. */
  add<Part extends OwnedProcess>(part: Part): Part {
    this.#running.add(part);
    void part.exited.then((how) => {
      if (this.#running.delete(part)) this.#reportDeath(new PodDiedError(part, how));
    });
    return part;
  }

  /** Ends these parts, on purpose; resolves when they are gone. */
  async stop(parts: readonly OwnedProcess[]): Promise<void> {
    for (const part of parts) this.#running.delete(part);
    await Promise.all(parts.map((part) => part.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop([...this.#running]);
  }
}

import type { Count, Ratio } from '../units.ts';

/** Greetings that count, of all pods together and of one: the larger a fleet, the rarer each pod greets. */
const MEMORY: Count = 200;
const LEAST_MEMORY: Count = 4;
const MOST_MEMORY: Count = 20;
/** Greetings that may be taken for lost between two that came: one pod cannot make the bus look bad. */
const MAX_GAP: Count = 4;
/** A step this far around the 16 bits is a step back. */
const TWICE_OR_LATE = 0xfff0;
/** Share of the pods that may miss an announcement for good. */
const UNHEARD: Ratio = 0.03;
/** Greetings after which a bus is known, and what it may lose and still be called safe. */
const KNOWN_AFTER: Count = 20;
const SAFE: Ratio = 0.01;
/** Signals are not corrected for more than this. */
const WORST: Ratio = 0.5;

interface Heard {
  number: number;
  came: number;
  sent: number;
}

/** How much of what is sent arrives, from the gaps in the other pods' numbered greetings. */
export class Delivery {
  readonly #heard = new Map<string, Heard>();

  onHello(from: string, number: number): void {
    const known = this.#heard.get(from);
    if (known === undefined) {
      this.#heard.set(from, { number, came: 0, sent: 0 });
      return;
    }
    const step = (number - known.number) & 0xffff;
    if (step === 0 || step > TWICE_OR_LATE) return;
    known.number = number;
    // It was started anew, and counts from somewhere else.
    if (step > 2 * MAX_GAP) return;
    const memory = Math.min(MOST_MEMORY, Math.max(LEAST_MEMORY, MEMORY / this.#heard.size));
    const faded = known.sent >= memory ? 1 - 1 / memory : 1;
    known.came = known.came * faded + 1;
    known.sent = known.sent * faded + Math.min(step, MAX_GAP);
  }

  /** Forgets pods that are no longer members. */
  keepOnly(members: ReadonlySet<string>): void {
    for (const name of this.#heard.keys()) if (!members.has(name)) this.#heard.delete(name);
  }

  /** Pods heard so far. */
  get pods(): Count {
    return this.#heard.size;
  }

  /** From 0.5 to 1; 1 before anything is known. */
  get ratio(): Ratio {
    const { came, sent } = this.#sum();
    return sent === 0 ? 1 : Math.max(WORST, came / sent);
  }

  /** Whether it is known that next to nothing is lost. */
  get isSafe(): boolean {
    const { came, sent } = this.#sum();
    return sent >= KNOWN_AFTER && came >= (1 - SAFE) * sent;
  }

  /** How often an announcement must be made again so that nearly all pods hear it: 0 on a bus that loses nothing. */
  get repeats(): Count {
    const lost = 1 - this.ratio;
    return lost === 0 ? 0 : Math.ceil(Math.log(UNHEARD) / Math.log(lost)) - 1;
  }

  #sum(): { readonly came: Count; readonly sent: Count } {
    let came = 0;
    let sent = 0;
    for (const heard of this.#heard.values()) {
      came += heard.came;
      sent += heard.sent;
    }
    return { came, sent };
  }
}

import type { Millis } from '../units.ts';
import type { KeyDirectory } from './key-directory.ts';
import type { FleetSecrets, KeyHash } from './namespaces.ts';
import { Outbox } from './outbox.ts';
import type { FleetContext } from './pod.ts';
import type { SourceTrust } from './source-trust.ts';
import { ALL } from './transport.ts';
import type { Signal, StampedHash } from './wire.ts';

/** Changes wait this long for company, validations longer. */
const CHANGES_EVERY_MS = 50;
const VALIDATIONS_EVERY_MS = 250;
const MAX_BATCH = 200;
/**
 * A change is told again at least once until the bus is known to lose nothing, and within the time in which a key is
 * fetched once.
 */
const CHANGES_AGAIN = 1;
const CHANGES_AGAIN_AFTER_MS: Millis = 250;
/** A key is fetched again at others' word at most once in this time. */
const ONCE_IN_MS: Millis = 1000;

/** Tells others which values were found changed or unchanged at a fetch, and acts on what they tell. */
export class ChangeNotices {
  readonly #context: FleetContext;
  readonly #secrets: FleetSecrets;
  readonly #directory: KeyDirectory;
  readonly #trust: SourceTrust;
  readonly #changed: Outbox<StampedHash>;
  readonly #validated = new Outbox<StampedHash>(VALIDATIONS_EVERY_MS, MAX_BATCH);

  constructor(context: FleetContext, secrets: FleetSecrets, directory: KeyDirectory, trust: SourceTrust) {
    this.#context = context;
    this.#secrets = secrets;
    this.#directory = directory;
    this.#trust = trust;
    const { delivery, rng } = context;
    const times = () => (delivery.isSafe ? 0 : Math.max(CHANGES_AGAIN, delivery.repeats));
    const repeats = { times, afterMs: CHANGES_AGAIN_AFTER_MS, rng };
    this.#changed = new Outbox(CHANGES_EVERY_MS, MAX_BATCH, repeats);
  }

  /** A value was fetched; `stamp` tells its state from others. */
  onFetched(key: string, stamp: number): void {
    const hash = this.#secrets.hash(key);
    const known = this.#directory.see(hash, key);
    const nowMs = this.#context.now();
    if (known.noticedBy !== undefined) {
      const outcome = stamp === known.stamp ? 'wrong' : 'right';
      this.#trust.record(known.noticedBy, outcome, nowMs);
      known.noticedBy = undefined;
      // Should the value come to that state after all, the others have not heard of it yet.
      if (outcome === 'wrong') known.heardStamp = Number.NaN;
    }
    const first = Number.isNaN(known.stamp);
    const same = known.stamp === stamp;
    known.stamp = stamp;
    if (first) return;
    if (same) this.#validated.put(ALL, { hash, stamp }, nowMs);
    else if (known.heardStamp !== stamp) this.#changed.put(ALL, { hash, stamp }, nowMs);
  }

  onChanged(from: string, keys: readonly StampedHash[]): void {
    const nowMs = this.#context.now();
    for (const { hash, stamp } of keys) {
      const known = this.#directory.get(hash);
      if (known === undefined) continue;
      known.heardStamp = stamp;
      if (Number.isNaN(known.stamp) || known.stamp === stamp || nowMs - known.noticedMs < ONCE_IN_MS)
        continue;
      if (!this.#context.pod.holds(known.key)) continue;
      known.noticedMs = nowMs;
      known.noticedBy = from;
      this.#context.pod.forget(known.key);
    }
  }

  onValidated(keys: readonly StampedHash[]): void {
    for (const { hash, stamp } of keys) {
      const known = this.#directory.get(hash);
      if (known !== undefined && known.stamp === stamp && this.#context.pod.holds(known.key))
        this.#context.pod.extend(known.key);
    }
  }

  get dueMs(): Millis {
    return Math.min(this.#changed.dueMs, this.#validated.dueMs);
  }

  tick(send: (to: string, signal: Signal, signals: number) => void): void {
    const nowMs = this.#context.now();
    const isStillHeld = ({ hash, stamp }: StampedHash) => this.#directory.get(hash)?.stamp === stamp;
    const last = (keys: readonly StampedHash[]) => [
      ...new Map<KeyHash, StampedHash>(keys.map((k) => [k.hash, k])).values(),
    ];
    this.#changed.flush(
      nowMs,
      (to, keys) => send(to, { kind: 'changed', keys: last(keys) }, keys.length),
      isStillHeld,
    );
    this.#validated.flush(nowMs, (to, keys) => {
      // What was found to have changed meanwhile must not live on elsewhere.
      const valid = last(keys).filter(isStillHeld);
      if (valid.length > 0) send(to, { kind: 'validated', keys: valid }, valid.length);
    });
  }
}

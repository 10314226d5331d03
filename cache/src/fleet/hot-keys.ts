import type { Count, Millis } from '../units.ts';
import { Census, QUIET_MS } from './census.ts';
import type { KeyDirectory } from './key-directory.ts';
import { LoadQueue } from './load-queue.ts';
import type { FleetSecrets, KeyHash } from './namespaces.ts';
import { Outbox } from './outbox.ts';
import type { FleetContext } from './pod.ts';
import type { Rendezvous } from './rendezvous.ts';
import { Reveals } from './reveals.ts';
import type { SourceTrust } from './source-trust.ts';
import { ALL } from './transport.ts';
import { inParts, packKeys, type Signal, unpackKeys } from './wire.ts';

/** How long misses and announcements wait for company: fewer, larger messages against a quick answer. */
const REPORT_EVERY_MS = 800;
const ANNOUNCE_EVERY_MS = 900;
const MAX_BATCH = 200;
/** On a bus that loses messages an announcement is made again about so long after. */
const ANNOUNCE_AGAIN_MS = 1000;
/** Announced keys are loaded after up to this long, so that the pods do not all load at once. */
const LOAD_WITHIN_MS = 500;
/** Loads for announcements, as a share of the pod's reads. */
const LOADS_PER_READ = 0.5;
/** Announced keys loaded here whose use is still awaited. */
const MAX_AWAITED = 5000;

/** From a miss here to a load everywhere: reports to the owner, the owner's count, its announcement. */
export class HotKeys {
  readonly #context: FleetContext;
  readonly #secrets: FleetSecrets;
  readonly #directory: KeyDirectory;
  readonly #trust: SourceTrust;
  readonly #census = new Census();
  readonly #reports = new Outbox<KeyHash>(REPORT_EVERY_MS, MAX_BATCH);
  readonly #hashedReports = new Outbox<KeyHash>(REPORT_EVERY_MS, MAX_BATCH);
  readonly #reveals = new Reveals();
  readonly #hot: Outbox<string>;
  readonly #hotHashed: Outbox<KeyHash>;
  readonly #loads = new LoadQueue();
  readonly #awaited = new Map<string, { readonly from: string; readonly sinceMs: Millis }>();

  constructor(context: FleetContext, secrets: FleetSecrets, directory: KeyDirectory, trust: SourceTrust) {
    this.#context = context;
    this.#secrets = secrets;
    this.#directory = directory;
    this.#trust = trust;
    const { delivery, rng } = context;
    const repeats = { times: () => delivery.repeats, afterMs: ANNOUNCE_AGAIN_MS, rng };
    this.#hot = new Outbox(ANNOUNCE_EVERY_MS, MAX_BATCH, repeats);
    this.#hotHashed = new Outbox(ANNOUNCE_EVERY_MS, MAX_BATCH, repeats);
  }

  onMiss(key: string, owners: Rendezvous): void {
    const hash = this.#secrets.hash(key);
    this.#directory.see(hash, key);
    const owner = owners.ownerOf(hash);
    if (owner === undefined) return;
    const travels = this.#secrets.mayTravel(key);
    if (owner === this.#context.self) this.#count(owner, hash, travels, owners.members.length);
    else (travels ? this.#reports : this.#hashedReports).put(owner, hash, this.#context.now());
  }

  /** A loaded announcement was read: its sender was right. */
  onPrefetchUsed(key: string): void {
    const awaited = this.#awaited.get(key);
    if (awaited === undefined) return;
    this.#awaited.delete(key);
    this.#trust.record(awaited.from, 'right', this.#context.now());
  }

  onMisses(from: string, hashes: readonly KeyHash[], travel: boolean, owners: Rendezvous): void {
    for (const hash of hashes)
      if (owners.ownerOf(hash) === this.#context.self) this.#count(from, hash, travel, owners.members.length);
  }

  /** The owner asks: it cannot announce a key that only its digest is known of. */
  onReveal(hashes: readonly KeyHash[]): Signal[] {
    const keys: string[] = [];
    for (const hash of hashes) {
      const key = this.#directory.get(hash)?.key;
      if (key !== undefined && this.#secrets.mayTravel(key)) keys.push(key);
    }
    return inParts(keys).map((part) => ({ kind: 'revealed', sealed: this.#secrets.seal(packKeys(part)) }));
  }

  onRevealed(from: string, sealed: Uint8Array): void {
    for (const key of this.#keysOf(from, sealed)) {
      const hash = this.#secrets.hash(key);
      if (!this.#reveals.answered(hash)) continue;
      this.#directory.see(hash, key);
      this.#announce(key);
    }
  }

  onHot(from: string, sealed: Uint8Array, owners: Rendezvous): void {
    const dueMs = this.#context.now() + this.#context.rng() * LOAD_WITHIN_MS;
    for (const key of this.#keysOf(from, sealed)) {
      if (owners.ownerOf(this.#secrets.hash(key)) === from) this.#loads.push(key, from, dueMs);
    }
  }

  onHotHashed(from: string, hashes: readonly KeyHash[], owners: Rendezvous): void {
    const dueMs = this.#context.now() + this.#context.rng() * LOAD_WITHIN_MS;
    for (const hash of hashes) {
      const key = this.#directory.get(hash)?.key;
      if (key !== undefined && owners.ownerOf(hash) === from) this.#loads.push(key, from, dueMs);
    }
  }

  get dueMs(): Millis {
    return Math.min(
      this.#reports.dueMs,
      this.#hashedReports.dueMs,
      this.#reveals.dueMs,
      this.#hot.dueMs,
      this.#hotHashed.dueMs,
      this.#loads.dueMs,
    );
  }

  tick(send: (to: string, signal: Signal, signals: Count) => void): void {
    const { pod, now } = this.#context;
    const nowMs = now();
    this.#reports.flush(nowMs, (to, hashes) => send(to, { kind: 'misses', hashes }, hashes.length));
    this.#hashedReports.flush(nowMs, (to, hashes) =>
      send(to, { kind: 'misses-hashed', hashes }, hashes.length),
    );
    for (const hash of this.#reveals.tick(nowMs, send)) this.#census.reopen(hash);
    this.#hot.flush(nowMs, (to, keys) => {
      for (const part of inParts(keys))
        send(to, { kind: 'hot', sealed: this.#secrets.seal(packKeys(part)) }, part.length);
    });
    this.#hotHashed.flush(nowMs, (to, hashes) => send(to, { kind: 'hot-hashed', hashes }, hashes.length));
    // By then its owner may call the key hot again, if it is.
    this.#loads.forgetBefore(nowMs - QUIET_MS);
    this.#loads.drain(nowMs, LOADS_PER_READ * pod.readsPerSecond(), (key, from) => {
      if (this.#trust.isMuted(from, nowMs)) return 'needless';
      const outcome = pod.prefetch(key);
      if (outcome === 'origin-busy') return 'not-now';
      if (outcome !== 'started') return 'needless';
      if (from !== this.#context.self && this.#awaited.size < MAX_AWAITED)
        this.#awaited.set(key, { from, sinceMs: nowMs });
      return 'started';
    });
    const horizonMs = pod.evictionAgeMs();
    for (const [key, { from, sinceMs }] of this.#awaited) {
      if (nowMs - sinceMs <= horizonMs) break;
      this.#awaited.delete(key);
      this.#trust.record(from, 'wrong', nowMs);
    }
  }

  #count(from: string, hash: KeyHash, travels: boolean, pods: Count): void {
    const { now, pod, delivery } = this.#context;
    const view = { pods, evictionAgeMs: pod.evictionAgeMs(), deliveryRatio: delivery.ratio };
    const judged = this.#census.report(hash, from, now(), view);
    if (!judged.hot) return;
    if (!travels) {
      this.#hotHashed.put(ALL, hash, now());
      this.#load(this.#directory.get(hash)?.key);
      return;
    }
    const known = this.#directory.get(hash);
    if (known !== undefined) this.#announce(known.key);
    else this.#reveals.ask(hash, judged.reporters, now());
  }

  #announce(key: string): void {
    this.#hot.put(ALL, key, this.#context.now());
    this.#load(key);
  }

  /** The owner follows its own announcements. */
  #load(key: string | undefined): void {
    if (key !== undefined) this.#loads.push(key, this.#context.self, this.#context.now());
  }

  /** The keys in it that may travel, while its sender may be heard: each takes a digest to judge. */
  *#keysOf(from: string, sealed: Uint8Array): Generator<string, void> {
    const plain = this.#secrets.open(sealed);
    if (plain === undefined) return;
    for (const key of unpackKeys(plain)) {
      if (this.#trust.admit(from, 1, this.#context.now()) !== 'heard') return;
      if (this.#secrets.mayTravel(key)) yield key;
    }
  }
}

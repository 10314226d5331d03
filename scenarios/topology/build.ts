import { InputError } from '../input-error.ts';
import { createRng, pickWeighted, shuffle } from '../random.ts';
import { DOMAINS, READ_WEIGHTS } from './domains.ts';
import { drawFanOuts } from './fan-out.ts';
import type {
  DomainName,
  FanOutDistribution,
  ReadStep,
  RequestType,
  Rng,
  Service,
  Topology,
} from './topology.ts';

export interface TopologyOptions {
  /** Number of services, 2 … 200. */
  readonly services: number;
  /** Any integer; the same seed gives the same mesh. */
  readonly seed: number;
  /** Mean reads per inbound request over the mix, 1 … 24, at most two decimals; met exactly. */
  readonly fanOutMean: number;
  readonly fanOutDistribution: FanOutDistribution;
  /** Median pause between a read and the read that its value names, milliseconds, 0 … 50. Default 0: at once. */
  readonly chainGapMs?: number;
}

const MAX_SERVICES = 200;
const MAX_LAYERS = 5;
const FRONT_SHARE = 0.12;
const TYPES_PER_SERVICE = 2;
/** Weight of the heaviest request type; the others fall off as rank^−MIX_EXPONENT. */
const TOP_WEIGHT = 10_000;
const MIX_EXPONENT = 1.4;
/** Share of the request types with two or more reads that begin with session → profile. */
const CHAIN_SHARE = 0.5;

/**
 * Makes a mesh from a seed. Pure; the same options give the same bytes on every machine.
 * Services stand in layers and read only from higher ones, so calls have no cycle. Every service outside the
 * deepest layer receives inbound requests; every service outside layer 0 owns at least one domain.
 *
 * @throws {InputError} `TOPOLOGY_IMPOSSIBLE` for a number out of range or a mean that no mix reaches.
 */
export function buildTopology(options: TopologyOptions): Topology {
  const chainGapMs = options.chainGapMs ?? 0;
  requireRange('services', options.services, 2, MAX_SERVICES, Number.isInteger(options.services));
  requireRange(
    'seed',
    options.seed,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
    Number.isSafeInteger(options.seed),
  );
  requireRange('chainGapMs', chainGapMs, 0, 50, true);
  const rng = createRng(options.seed);
  const services = placeServices(options.services, rng);
  return {
    seed: options.seed,
    fanOutDistribution: options.fanOutDistribution,
    fanOutMean: options.fanOutMean,
    chainGapMs,
    domains: DOMAINS,
    services,
    requestTypes: drawRequestTypes(services, options, rng),
  };
}

function requireRange(name: string, value: number, min: number, max: number, whole: boolean): void {
  if (value >= min && value <= max && whole) return;
  throw new InputError(
    'TOPOLOGY_IMPOSSIBLE',
    `${name} is ${value}; it must be between ${min} and ${max}${whole ? '' : ' and a whole number'}`,
    'give a number within the limits',
  );
}

function placeServices(count: number, rng: Rng): Service[] {
  const layers = Math.max(2, Math.min(MAX_LAYERS, Math.round(Math.log2(count))));
  const fronts = Math.max(1, Math.round(count * FRONT_SHARE));
  const layerOf = (index: number): number =>
    index < fronts ? 0 : 1 + Math.floor(((index - fronts) * (layers - 1)) / (count - fronts));
  const owned = Array.from({ length: count }, (): DomainName[] => []);
  // The deepest layer holds every domain at least once, so that every reader finds every domain below it.
  const deepest = indexesWhere(count, (i) => layerOf(i) === layers - 1);
  dealDomains(deepest, owned, rng);
  for (let layer = 1; layer < layers - 1; layer += 1) {
    const members = indexesWhere(count, (i) => layerOf(i) === layer);
    const deck = shuffle(domainNames(), rng);
    members.forEach((member, i) => {
      owned[member]?.push(deck[i % deck.length] as DomainName);
    });
  }
  return owned.map((owns, index) => ({
    index,
    name: `svc-${String(index).padStart(2, '0')}`,
    layer: layerOf(index),
    owns,
  }));
}

function dealDomains(members: readonly number[], owned: DomainName[][], rng: Rng): void {
  const deck = shuffle(domainNames(), rng);
  for (let i = 0; i < Math.max(members.length, deck.length); i += 1) {
    owned[members[i % members.length] as number]?.push(deck[i % deck.length] as DomainName);
  }
}

function drawRequestTypes(services: readonly Service[], options: TopologyOptions, rng: Rng): RequestType[] {
  const deepest = services[services.length - 1]?.layer as number;
  const fronts = services.filter((service) => service.layer === 0);
  const inner = services.filter((service) => service.layer > 0 && service.layer < deepest);
  const receivers = [...shuffle(fronts, rng), ...shuffle(inner, rng)];
  const zipf = Array.from({ length: receivers.length * TYPES_PER_SERVICE }, (_, rank) =>
    Math.max(1, Math.round(TOP_WEIGHT / (rank + 1) ** MIX_EXPONENT)),
  );
  const mix = drawFanOuts(zipf, options.fanOutMean, options.fanOutDistribution, rng);
  return mix.fanOuts.map((fanOut, index) => {
    const reader = receivers[Math.floor(index / TYPES_PER_SERVICE)] as Service;
    return {
      index,
      service: reader.index,
      weight: mix.weights[index] as number,
      reads: drawReads(reader, fanOut, services, rng),
    };
  });
}

function drawReads(reader: Service, fanOut: number, services: readonly Service[], rng: Rng): ReadStep[] {
  const ownerOf = (domain: DomainName): number => {
    const owners = services.filter(
      (service) => service.layer > reader.layer && service.owns.includes(domain),
    );
    return owners[Math.floor(rng() * owners.length)]?.index as number;
  };
  const reads: ReadStep[] = [];
  if (fanOut >= 2 && rng() < CHAIN_SHARE) {
    reads.push({ domain: 'session', owner: ownerOf('session'), after: null });
    reads.push({ domain: 'profile', owner: ownerOf('profile'), after: 0 });
  }
  const names = Object.keys(READ_WEIGHTS) as (keyof typeof READ_WEIGHTS)[];
  const weights = Object.values(READ_WEIGHTS);
  while (reads.length < fanOut) {
    const domain = names[pickWeighted(weights, rng)] as DomainName;
    reads.push({ domain, owner: ownerOf(domain), after: null });
  }
  return reads;
}

function domainNames(): DomainName[] {
  return DOMAINS.map((domain) => domain.name);
}

function indexesWhere(count: number, holds: (index: number) => boolean): number[] {
  return Array.from({ length: count }, (_, i) => i).filter(holds);
}

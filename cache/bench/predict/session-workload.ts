import type { Count, Millis, Ratio } from '../../src/units.ts';

/** One read: the key, and how long after the value of the one before it in its request it comes. */
interface Step {
  readonly key: string;
  readonly gapMs: Millis;
}

/** One request: its reads, one after another. */
export interface Request {
  readonly startMs: Millis;
  readonly steps: readonly Step[];
}

export interface SessionWorkload {
  readonly requestsPerSecond: number;
  readonly users: Count;
  readonly zipfExponent: number;
  /** Whether a user comes back with the same token or with a new one each time. */
  readonly tokens: 'reused' | 'fresh';
  /** Reads of something unrelated, for each read that belongs to the request. */
  readonly noise: Ratio;
  /** Bait: so long a session names its user, then as long it names somebody else, and so on. Default: always true. */
  readonly trueForMs?: Millis;
}

/** The median gap between two reads of a request, and its longest. */
const MEDIAN_GAP_MS = 12;
const MAX_GAP_MS = 50;
const GAP_SIGMA = 0.6;
const CART_SHARE = 0.5;

/**
 * Requests of the generated session workload: a token names a user, the user names a profile, half of them look
 * into the cart. Requests overlap; nothing says which reads belong together.
 */
export function* sessionRequests(options: SessionWorkload, rng: () => number): Generator<Request> {
  const drawUser = zipf(options.users, options.zipfExponent, rng);
  let atMs = 0;
  for (let n = 0; ; n++) {
    atMs += -Math.log(1 - rng()) * (1000 / options.requestsPerSecond);
    const user = drawUser();
    const lies = options.trueForMs !== undefined && Math.floor(atMs / options.trueForMs) % 2 === 1;
    const keys = [
      options.tokens === 'reused' ? sessionKey(user) : sessionKey(user, n),
      userKey(lies ? drawUser() : user),
      `profile.14:${profileOf(lies ? drawUser() : user)}`,
      ...(rng() < CART_SHARE ? [`cart.15:${FIRST_USER + user}`] : []),
    ];
    const steps: Step[] = [];
    for (const key of keys) {
      steps.push({ key, gapMs: steps.length === 0 ? 0 : gap(rng) });
      if (rng() < options.noise)
        steps.push({ key: `product.16:${Math.floor(rng() * 1e6)}`, gapMs: gap(rng) });
    }
    yield { startMs: atMs, steps };
  }
}

const FIRST_USER = 1_000_000;

/** The key of a user's session; `token` tells several sessions of one user apart. */
export function sessionKey(user: number, token = user * 7 + 3): string {
  return `session.12:t${token.toString(36)}x${user}`;
}

function userKey(user: number): string {
  return `user.13:${FIRST_USER + user}`;
}

function profileOf(user: number): number {
  return 50_000_000 + ((user * 7919) % 9_999_991);
}

/** The values behind the keys, with the fields real ones have: identifiers, secrets, flags and text. */
export function sessionValue(key: string): unknown {
  const id = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('session')) {
    const user = Number(id.slice(id.lastIndexOf('x') + 1));
    return { version: user % 5, userId: FIRST_USER + user, accessToken: `s${user}`, active: true };
  }
  if (key.startsWith('user')) {
    const user = Number(id) - FIRST_USER;
    return { version: 3, id: Number(id), profileId: profileOf(user), country: ['DE', 'FR', 'US'][user % 3] };
  }
  if (key.startsWith('profile')) return { version: 1, theme: 'dark', name: 'Some One', age: Number(id) % 80 };
  return { version: 1, count: Number(id) % 10 };
}

function gap(rng: () => number): Millis {
  const normal = Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
  return Math.min(MAX_GAP_MS, MEDIAN_GAP_MS * Math.exp(GAP_SIGMA * normal));
}

/** Draws ranks 0 … n − 1, rank r as often as 1 / (r + 1)^exponent. */
export function zipf(n: Count, exponent: number, rng: () => number): () => number {
  const sums = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) sums[i] = sum += (i + 1) ** -exponent;
  return () => {
    const at = rng() * sum;
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

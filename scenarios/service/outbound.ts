import type { Millis } from 'l1-cache';
import { Agent, request, setGlobalDispatcher } from 'undici';
import type { ReadKey, ReadPathContext, ReadResult, Stamped } from '../read-path.ts';
import type { PodConfig } from './protocol.ts';

/** Longer than any pause between two blocks, so that no connection closes just as it is used again. */
export const KEEP_ALIVE_MS: Millis = 600_000;
const ANSWER_TIMEOUT_MS: Millis = 10_000;
const CONNECTIONS_PER_PEER = 64;

/** Asks the owning service for one value, and tells who answered. */
type Ask = (at: ReadKey) => Promise<ReadResult>;

/**
 * Makes the client that fetches from the owning services. It goes through undici's global dispatcher and
 * `request`, as an application would, so that a preloaded cache can stand in its way.
 */
export function createOutbound(
  config: Pick<PodConfig, 'outbound' | 'topology' | 'proxyCache'>,
): Pick<ReadPathContext, 'proxyCache'> & { readonly ask: Ask } {
  setGlobalDispatcher(
    new Agent({
      connections: CONNECTIONS_PER_PEER,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
    }),
  );
  const { outbound, proxyCache, topology } = config;
  const askAt = (addressOf: (service: number) => Address): Ask => {
    const origins = topology.services.map(({ index, name }) => {
      const { host, port } = addressOf(index);
      return { url: `http://${host}:${port}`, headers: { host: `${name}.mesh` } };
    });
    return (at) => fetchValue(origins[at.owner] as (typeof origins)[number], at);
  };
  return {
    ask: askAt((service) => (outbound.kind === 'sidecar' ? outbound : (outbound.peers[service] as Address))),
    ...(proxyCache !== undefined && {
      proxyCache: { ask: askAt(() => proxyCache), folder: proxyCache.folder },
    }),
  };
}

async function fetchValue(
  { url, headers }: { readonly url: string; readonly headers: { readonly host: string } },
  at: ReadKey,
): Promise<ReadResult> {
  const answer = await request(`${url}/data/${at.domain}/${at.id}`, { headers });
  if (answer.statusCode !== 200) {
    const text = await answer.body.text();
    throw new Error(
      `${headers.host}/data/${at.domain}/${at.id} answered ${answer.statusCode}: ${text.slice(0, 200)}`,
    );
  }
  return { value: (await answer.body.json()) as Stamped, outcome: answeredBy(answer.headers) };
}

/** A cache on the way says how old its answer is; the one in this process also says that it is it. */
function answeredBy(headers: Readonly<Record<string, unknown>>): 'l1' | 'proxy' | 'origin' {
  if (headers.age === undefined) return 'origin';
  return headers['x-l1-cache'] === 'hit' ? 'l1' : 'proxy';
}

interface Address {
  readonly host: string;
  readonly port: number;
}

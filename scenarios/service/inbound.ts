import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Topology } from '../topology/topology.ts';
import type { Origin } from './origin.ts';
import { KEEP_ALIVE_MS } from './outbound.ts';

export interface InboundOptions {
  readonly serviceIndex: number;
  readonly topology: Topology;
  readonly origin: Origin;
  /** Makes the reads of one inbound request and records them. */
  readonly serve: (requestType: number, ids: readonly number[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly onOriginServed: () => void;
}

/** Makes the data port of a pod: inbound requests of others and reads of the data it owns. */
export function createInbound(options: InboundOptions): Server {
  const { topology, serviceIndex } = options;
  const server = createServer((message, answer) => {
    const url = message.url ?? '';
    const handled = url.startsWith('/data/') ? data(url, answer) : request(url, answer);
    handled.catch((error: unknown) => {
      options.onError(error);
      if (answer.headersSent) answer.destroy();
      else text(answer, 502, `${error}`);
    });
  });
  // The callers keep connections over pauses between blocks; nothing here may close them first.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  return server;

  async function data(url: string, answer: ServerResponse): Promise<void> {
    const [, , domain, id] = url.split('/');
    if (await options.origin(domain ?? '', Number(id ?? 'none'), answer)) options.onOriginServed();
  }

  async function request(url: string, answer: ServerResponse): Promise<void> {
    const match = /^\/request\/(\d+)(?:\?k=([\d,]*))?$/.exec(url);
    const type = topology.requestTypes[Number(match?.[1] ?? Number.NaN)];
    if (type === undefined || type.service !== serviceIndex)
      return text(answer, 404, `no such request here: ${url}`);
    const ids = match?.[2] ? match[2].split(',').map(Number) : [];
    const wanted = type.reads.filter((step) => step.after === null).length;
    if (ids.length !== wanted || !ids.every(Number.isSafeInteger)) {
      return text(answer, 400, `request type ${type.index} takes ${wanted} keys: ${url}`);
    }
    await options.serve(type.index, ids);
    const body = `{"reads":${type.reads.length}}`;
    answer.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    answer.end(body);
  }
}

function text(answer: ServerResponse, status: number, body: string): void {
  answer.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) });
  answer.end(body);
}

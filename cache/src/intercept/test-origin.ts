import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InterceptConfig } from './config.ts';
import { InterceptedReads } from './reads.ts';

/** A clock that a test moves. */
export class TestClock {
  nowMs = 1_000_000;
  now(): number {
    return this.nowMs;
  }
}

export interface Origin extends AsyncDisposable {
  readonly host: string;
  readonly url: string;
  /** Requests answered, newest last. */
  readonly seen: IncomingMessage[];
}

/** A real HTTP server in the test's process. */
export async function startOrigin(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Origin> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function testReads(clock: TestClock, config: Partial<InterceptConfig>): InterceptedReads {
  return new InterceptedReads({
    config: {
      mode: 'on',
      budgetBytes: 1 << 20,
      maxEntryBytes: 64 << 10,
      flightWaitMs: 5000,
      maxFaults: 100,
      http: [],
      redis: [],
      grpc: [],
      ...config,
    },
    clock,
    wallNow: () => clock.nowMs + 1.7e12,
    claimBudget: () => 1 << 20,
  });
}

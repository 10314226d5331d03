import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { HitCounts, PodBlock, PodMemory } from './protocol.ts';

/** What the control port can ask of a pod. */
export interface Controlled {
  useScenario(name: string): Promise<void>;
  clear(): Promise<void>;
  startBlock(): void;
  stopBlock(): Promise<PodBlock>;
  hits(): HitCounts;
  memory(): PodMemory;
}

/** Makes the control port of a pod; protocol.ts says what it answers. Errors answer 500 with the reason as text. */
export function createControl(pod: Controlled): Server {
  const routes: Readonly<Record<string, (message: IncomingMessage) => unknown>> = {
    'GET /ready': () => ({ ready: true }),
    'GET /hits': () => pod.hits(),
    'POST /scenario': async (message) => pod.useScenario(await scenarioName(message)),
    'POST /clear': () => pod.clear(),
    'POST /block/start': () => pod.startBlock(),
    'POST /block/stop': () => pod.stopBlock(),
    'POST /memory': () => pod.memory(),
  };
  return createServer(async (message, answer) => {
    try {
      const route = routes[`${message.method} ${message.url}`];
      if (route === undefined) return answer.writeHead(404).end();
      const body = JSON.stringify((await route(message)) ?? {});
      answer.writeHead(200, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      answer.writeHead(500, { 'content-type': 'text/plain' }).end(`${(error as Error).message}`);
    }
  });
}

async function scenarioName(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += chunk;
  const { name } = JSON.parse(text) as { name?: unknown };
  if (typeof name === 'string') return name;
  throw new Error(`POST /scenario takes {"name": string}, not ${text.slice(0, 100)}`);
}

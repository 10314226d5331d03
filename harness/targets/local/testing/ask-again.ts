/** A program with the services' own client: asks one owner for the same value again and again, and prints who answered. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound } from '../../../../scenarios/service/outbound.ts';
import { buildTopology } from '../../../../scenarios/topology/build.ts';

const owner = createServer((_, response) => {
  response.setHeader('cache-control', 'max-age=60');
  response.end(JSON.stringify({ version: 1 }));
});
await new Promise<void>((listening) => owner.listen(0, '127.0.0.1', listening));
const { port } = owner.address() as AddressInfo;
const topology = buildTopology({ services: 4, seed: 1, fanOutMean: 3, fanOutDistribution: 'poisson' });
const peers = topology.services.map(() => ({ host: '127.0.0.1', port }));
const { ask } = createOutbound({ topology, outbound: { kind: 'direct', peers } });
const at = { owner: 1, domain: 'price', id: 1 } as const;
const outcomes: string[] = [];
for (let read = 0; read < 3; read++) outcomes.push((await ask(at)).outcome);
console.log(JSON.stringify(outcomes));
process.exit(0);

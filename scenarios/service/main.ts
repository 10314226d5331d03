import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createControl } from './control.ts';
import { Pod } from './pod.ts';
import type { PodConfig } from './protocol.ts';

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('usage: main.ts <pod config, a JSON file>\n');
  process.exit(2);
}
const config = JSON.parse(await readFile(file, 'utf8')) as PodConfig;
const pod = new Pod(config);
const control = createControl(pod);

async function stop(): Promise<never> {
  pod.inbound.close();
  control.close();
  await pod[Symbol.asyncDispose]();
  process.exit(0);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
// Standard input is a pipe of whoever started this pod: when it closes, that process is gone.
process.stdin.once('end', stop).once('error', stop).resume();

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, 1024, resolve);
  });
}
await listen(pod.inbound, config.listen.host, config.listen.port);
// Ready means both ports: the control port opens last.
await listen(control, config.listen.host, config.listen.controlPort);

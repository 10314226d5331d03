import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Measurements } from '../../reports/claims/measurements.ts';
import type { OwnedRun } from '../journal/owned-run.ts';
import { PROJECT_FOLDER } from '../project.ts';
import { connectOnce } from '../targets/local/connect-once.ts';
import { findFreeNetwork } from '../targets/local/free-network.ts';
import { bundlePreload } from '../targets/local/preload-bundle.ts';
import { startRedis } from '../targets/local/redis-server.ts';
import { medianOf } from './samples.ts';

const READER = fileURLToPath(new URL('./unmodified/reader.mjs', import.meta.url));
const READS = 4_000;
/** The first reads meet code that is not compiled yet. */
const COUNTED_FROM = READS / 4;
const BODY = JSON.stringify({ version: 1, data: 'x'.repeat(830) });

type Client = Measurements['transparentReads']['clients'][number]['client'];

/** One program that knows nothing of the cache, run as it is and then with only its environment changed. */
export async function measureTransparentReads(
  run: OwnedRun,
  redisExecutable: string,
): Promise<Pick<Measurements, 'transparentReads'>> {
  const preload = await bundlePreload(PROJECT_FOLDER, run.folder);
  await using network = await findFreeNetwork(run.runId, 1);
  const endpoint = { ...network.sharedRedis, host: '127.0.0.1' };
  const redis = await startRedis(run, redisExecutable, {
    name: 'transparent-redis',
    endpoint,
    maxMemoryBytes: 64 * 2 ** 20,
  });
  const origin = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', 'max-age=3600');
    response.end(BODY);
  });
  try {
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const { port } = origin.address() as AddressInfo;
    const filler = await connectOnce(endpoint);
    await filler.set('price.1:1', BODY);
    filler.destroy();

    const read = async (env: Readonly<Record<string, string>>) => {
      const program = await readFile(READER);
      const { stdout } = await execa(
        process.execPath,
        [READER, `http://127.0.0.1:${port}/data/1`, String(endpoint.port), String(READS)],
        { env: { ...run.env, ...env } },
      );
      const lines = stdout
        .split('\n')
        .map((line) => JSON.parse(line) as { client: Client; samplesNs: number[] });
      return { sha256: createHash('sha256').update(program).digest('hex'), lines };
    };
    const asItIs = await read({});
    const served = await read({
      NODE_OPTIONS: preload,
      L1_MODE: 'on',
      L1_CONFIG: JSON.stringify({
        http: [{ host: '127.0.0.1:*', path: '/data/*', ttlMs: 'http' }],
        redis: [{ keys: 'price.*', ttlMs: 3_600_000 }],
      }),
    });
    const how = `${READS - COUNTED_FROM} reads of one ${BODY.length} B value, one at a time, in a program of its own, answer parsed; no proxy, no TLS`;
    return {
      transparentReads: {
        sameProgramBytes: asItIs.sha256 === served.sha256,
        clients: served.lines.map(({ client, samplesNs }, index) => ({
          client,
          hit: medianOf(samplesNs.slice(COUNTED_FROM), `${how}; preload in the environment`),
          miss: medianOf(
            asItIs.lines[index]!.samplesNs.slice(COUNTED_FROM),
            `${how}; environment as it was, loopback`,
          ),
        })),
      },
    };
  } finally {
    origin.close();
    origin.closeAllConnections();
    await redis.stop();
  }
}

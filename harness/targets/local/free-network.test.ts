import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { it } from 'node:test';
import { BenchError } from '../../errors.ts';
import { allEndpoints, NETWORKS } from './endpoints.ts';
import { canListen, findFreeNetwork } from './free-network.ts';

/** A claim that nobody disputes. */
const claim = async () => new AsyncDisposableStack();

it('gives no network to two runs that begin together, and gives it again once the first has started', async () => {
  const both = await Promise.all([1, 2].map(() => findFreeNetwork('run', 1, async () => true)));
  assert.notEqual(
    both[0]!.sharedRedis.host + both[0]!.sharedRedis.port,
    both[1]!.sharedRedis.host + both[1]!.sharedRedis.port,
  );
  for (const network of both) await network[Symbol.asyncDispose]();
  await using again = await findFreeNetwork('run', 1, async () => true);
  assert.ok(both.some(({ sharedRedis }) => sharedRedis.host === again.sharedRedis.host));
});

it('names the port that another program holds on all networks', async () => {
  const isFree = async ({ port }: { readonly port: number }) => port !== 20_001;
  await assert.rejects(findFreeNetwork('run', 3, isFree, claim), (error) => {
    assert.ok(error instanceof BenchError);
    assert.equal(error.code, 'PORT_TAKEN');
    assert.equal(error.exitCode, 3);
    assert.ok(error.message.startsWith(`Port 20001 is taken on all ${NETWORKS} loopback networks`));
    assert.match(error.hint, /lsof -i :20001/);
    return true;
  });
});

it('goes on to another network when one is in use', async () => {
  const first = await findFreeNetwork('run', 3, async () => true, claim);
  const used = new Set(allEndpoints(first).map(({ host, port }) => `${host}:${port}`));
  const second = await findFreeNetwork(
    'run',
    3,
    async ({ host, port }) => !used.has(`${host}:${port}`),
    claim,
  );
  assert.ok(allEndpoints(second).every(({ host, port }) => !used.has(`${host}:${port}`)));
});

it('looks at every network before it gives up', async () => {
  const asked = new Set<string>();
  const isFree = async ({ host }: { readonly host: string }) => {
    asked.add(host.split('.').slice(0, 2).join('.'));
    return false;
  };
  await assert.rejects(findFreeNetwork('run', 3, isFree, claim), BenchError);
  assert.equal(asked.size, process.platform === 'linux' ? NETWORKS : 1);
});

it('sees that a port is taken and that it is free again', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  assert.equal(await canListen({ host: '127.0.0.1', port }), false);
  server.close();
  await once(server, 'close');
  assert.equal(await canListen({ host: '127.0.0.1', port }), true);
});

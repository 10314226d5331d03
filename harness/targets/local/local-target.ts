import type { OwnedRun } from '../../journal/owned-run.ts';
import { PROJECT_FOLDER } from '../../project.ts';
import type { Deployment, DeployPlan, Target } from '../target.ts';
import { explainDiskFull, needDiskRoom } from './disk-room.ts';
import { findFreeNetwork } from './free-network.ts';
import { LocalDeployment } from './local-deployment.ts';
import { bundleProgram, type ProgramSource, serviceOf } from './service-bundle.ts';

export interface LocalTargetOptions {
  /** The open run that owns everything started; its folder takes all files. */
  readonly run: OwnedRun;
  readonly redisExecutable: string;
  /** Needed for plans with mesh `envoy`. */
  readonly envoyExecutable: string | null;
  /** The service program; default: that of this checkout. */
  readonly service?: ProgramSource;
}

/** This machine: every pod a process, or three with its sidecars. */
export function localTarget(options: LocalTargetOptions): Target {
  return {
    async deploy(plan: DeployPlan, signal?: AbortSignal): Promise<Deployment> {
      await using cleanup = new AsyncDisposableStack();
      try {
        await needDiskRoom(options.run.folder);
        const bundle = await bundleProgram(options.service ?? serviceOf(PROJECT_FOLDER), options.run.folder);
        // Ours alone until the servers listen.
        await using endpoints = await findFreeNetwork(plan.runId, plan.topology.services.length);
        const deployment = cleanup.use(new LocalDeployment({ ...options, plan, endpoints, bundle }));
        await deployment.start(signal);
        cleanup.move();
        return deployment;
      } catch (error) {
        throw explainDiskFull(error);
      }
    },
  };
}

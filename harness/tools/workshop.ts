import { mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OwnedRun } from '../journal/owned-run.ts';
import { toolsFolderOf } from './find-tools.ts';
import type { Host } from './host.ts';
import type { ToolKind } from './tool.ts';

/** What bringing a tool needs. What it makes on the way belongs to a run, so that `clean` finds it after a crash. */
export interface Workshop {
  readonly projectFolder: string;
  readonly run: OwnedRun;
  readonly host: Host;
  /** Told in words what is about to be done, before it is done. */
  readonly onStep: (step: string) => void;
}

/** A fresh folder for the work on one tool; it goes with the run. */
export function workFolder({ run }: Workshop): string {
  return mkdtempSync(join(run.folder, 'work-'));
}

/** Where the finished tool goes; its folder is there. */
export function placeOf({ projectFolder }: Workshop, kind: ToolKind): string {
  const place = join(toolsFolderOf(projectFolder), kind.ownCopy);
  mkdirSync(dirname(place), { recursive: true });
  return place;
}

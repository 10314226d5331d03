import { noiseText } from '../notes.ts';
import type { Experiment, Section } from './schema.ts';

export const WHERE: Readonly<Record<Section['where'], string>> = {
  'this-machine': 'Measured on this machine: real processes, real clock.',
  simulator: 'Simulated: the library’s own code against a virtual clock.',
};

/** What it ran on and how to repeat it: name and value. */
export function backgroundRows({ environment: e, command, seed }: Experiment): [string, string][] {
  const versions = Object.entries(e.versions)
    .filter(([name, version]) => version !== null && name !== 'envoy' && name !== 'k6')
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  return [
    ['Machine', `${e.cpuModel}, ${e.cores} cores; ${e.os}, kernel ${e.kernel}`],
    ['Versions', versions],
    ['Noise', noiseText(e)],
    ['Repeat', `${command} (seed ${seed})`],
  ];
}

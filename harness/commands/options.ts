import type { Options } from 'yargs';

/** The options that name a mesh, shared by every command that needs one. */
export const topologyOptions = {
  services: { type: 'number', default: 50, describe: 'Services in the mesh' },
  seed: { type: 'number', default: 1, describe: 'Seed of topology, keys, arrivals and mutations' },
  'fanout-mean': { type: 'number', default: 3, describe: 'Mean reads per inbound request, met exactly' },
  'fanout-distribution': {
    choices: ['constant', 'poisson', 'power-law'] as const,
    default: 'poisson' as const,
    describe: 'How the reads per request spread',
  },
} as const satisfies Record<string, Options>;

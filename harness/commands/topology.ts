import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Argv } from 'yargs';
import { buildTopology } from '../../scenarios/topology/build.ts';
import { topologySvg } from '../../scenarios/topology/svg.ts';
import { topologyOptions } from './options.ts';

export function topologyCommand(cli: Argv): Argv {
  return cli.command(
    'topology',
    'Draw the mesh that a seed gives, or print it as JSON',
    (args) =>
      args
        .options(topologyOptions)
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'Print the topology as one JSON object',
        })
        .option('out', { type: 'string', default: 'topology.svg', describe: 'Where the drawing goes (SVG)' })
        .example('$0 topology --seed 7', 'Draw the mesh of seed 7 to topology.svg')
        .example('$0 topology --json | jq .requestTypes[0]', 'Look at one request type'),
    async (args) => {
      const mesh = buildTopology({
        services: args.services,
        seed: args.seed,
        fanOutMean: args.fanoutMean,
        fanOutDistribution: args.fanoutDistribution,
      });
      if (args.json) {
        process.stdout.write(`${JSON.stringify(mesh)}\n`);
        return;
      }
      await mkdir(dirname(args.out), { recursive: true });
      await writeFile(args.out, topologySvg(mesh));
      const edges = new Set(
        mesh.requestTypes.flatMap((type) => type.reads.map((read) => `${type.service}>${read.owner}`)),
      );
      process.stdout.write(
        `${mesh.services.length} services, ${edges.size} call edges, ${mesh.requestTypes.length} request types, ` +
          `mean ${mesh.fanOutMean} reads a request: ${args.out}\n`,
      );
    },
  );
}

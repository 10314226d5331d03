import type { Argv } from 'yargs';
import { PROJECT_FOLDER } from '../project.ts';
import { needTool } from '../tools/need-tool.ts';
import { setUp } from '../tools/set-up.ts';
import type { ToolName } from '../tools/tool.ts';

export function setupCommand(cli: Argv): Argv {
  return cli.command(
    'setup',
    'Find or install what a run needs: Redis, Envoy; k6 when asked',
    (args) =>
      args
        .option('k6', {
          type: 'boolean',
          default: false,
          describe: 'Also build k6 (needs Go; takes minutes)',
        })
        .example('$0 setup', 'Says what it does before it does it')
        .example('REDIS_SERVER=/opt/redis/bin/redis-server $0 setup', 'Use a Redis of your own'),
    async (args) => {
      const say = (line: string): void => void process.stdout.write(`${line}\n`);
      const wanted: readonly ToolName[] = ['redis', 'envoy', ...(args.k6 ? (['k6'] as const) : [])];
      const tools = await setUp({ projectFolder: PROJECT_FOLDER, wanted, onStep: say });
      if (tools.envoy.state !== 'found') say(`envoy: ${tools.envoy.why} Runs go on with mesh: none.`);
      needTool(tools.redis);
      if (args.k6) needTool(tools.k6);
    },
  );
}

import { figureText, markdownTable } from '../markdown.ts';
import type { Experiment, Section } from './schema.ts';
import { backgroundRows, WHERE } from './words.ts';

/** An experiment as Markdown, its charts as the PNG files beside it. */
export function renderExperimentMarkdown(experiment: Experiment): string {
  const { title, runId, startedAt, durationMs, answer, sections, limits } = experiment;
  return `# ${title}

Run ${runId}, ${startedAt}, ${Math.round(durationMs / 1000)} s.

${answer.join('\n\n')}

${markdownTable(['', 'Background'], backgroundRows(experiment))}

${sections.map(sectionMarkdown).join('\n\n')}

## What these numbers do not show

${limits.map((limit) => `- ${limit}`).join('\n')}
`;
}

function sectionMarkdown({ title, where, how, tables, curves }: Section): string {
  return [
    `## ${title}`,
    `**${WHERE[where]}** ${how}`,
    ...tables.map(({ columns, rows }) =>
      markdownTable(
        ['', ...columns],
        rows.map(({ name, cells }) => [name, ...cells.map(figureText)]),
      ),
    ),
    ...curves.map(({ id, title: name, reading }) => `### ${name}\n\n${reading}\n\n![${name}](${id}.png)`),
  ].join('\n\n');
}

import { markdownTable } from '../markdown.ts';
import { escapeHtml } from '../page/escape.ts';
import type { GateDecision } from './decision.ts';
import { type MetricVerdict, type StageVerdict, signed } from './stage.ts';

/** What was compared, for the head of the gate's reports. */
export interface GateTitle {
  readonly base: string;
  readonly head: string;
}

const SIGN = { pass: '✓', improved: '✓ better', regressed: '✗ worse', inconclusive: '? open' } as const;

function metricRow({ metric, outcome, change, interval, n, kind, because }: MetricVerdict): string[] {
  return [
    metric,
    change === null ? '–' : signed(change),
    interval === null
      ? kind === 'exact'
        ? 'exact'
        : '–'
      : `${signed(interval.low)} to ${signed(interval.high)}`,
    `${Math.round(n).toLocaleString('en-GB')}${kind === 'exact' ? '' : ' pairs'}`,
    SIGN[outcome],
    because,
  ];
}

const table = ({ metrics }: StageVerdict): string =>
  markdownTable(['Metric', 'Change', '95 % interval', 'n', '', 'Why'], metrics.map(metricRow));

/** The decision as Markdown, fit for a pull-request comment. */
export function gateMarkdown(
  { verdict, because, first, confirm }: GateDecision,
  { base, head }: GateTitle,
): string {
  const reasons = because.map((line) => `- ${line}`).join('\n');
  return `### l1bench gate: ${verdict}

\`${head}\` against \`${base}\`, ${first.pairs} pairs${confirm === null ? '' : ` and ${confirm.pairs} to confirm`}, A/A control ${[...first.controlFailures, ...(confirm?.controlFailures ?? [])].length === 0 ? 'quiet' : '**failed**'}.
${reasons === '' ? '' : `\n${reasons}\n`}
${table(confirm ?? first)}
${confirm === null ? '' : `\n<details><summary>First stage</summary>\n\n${table(first)}\n\n</details>\n`}
A change is head against base; plus is more time, work or memory. INCONCLUSIVE is neither pass nor fail.
`;
}

/** The decision as JUnit XML: a failure for a regression, an error for what could not be decided. */
export function gateJunit(
  { verdict, because, first, confirm }: GateDecision,
  { base, head }: GateTitle,
): string {
  const { metrics } = confirm ?? first;
  const failed = (one: MetricVerdict) => verdict === 'REGRESSED' && one.outcome === 'regressed';
  const open = (one: MetricVerdict) => one.outcome === 'inconclusive';
  const cases = metrics.map((one) => {
    const because = escapeHtml(one.because);
    const inside = failed(one)
      ? `<failure message="${because}"/>`
      : open(one)
        ? `<error type="INCONCLUSIVE" message="${because}"/>`
        : '';
    return `    <testcase classname="l1bench.gate" name="${escapeHtml(one.metric)}">${inside}</testcase>`;
  });
  // The verdict is a case of its own: a failed control or an unfit machine belongs to no metric.
  const words = escapeHtml(because.join('; '));
  const whole =
    verdict === 'PASS'
      ? ''
      : verdict === 'REGRESSED'
        ? `<failure message="${words}"/>`
        : `<error type="INCONCLUSIVE" message="${words}"/>`;
  const failures = metrics.filter(failed).length + (verdict === 'REGRESSED' ? 1 : 0);
  const errors = metrics.filter((one) => open(one)).length + (verdict === 'INCONCLUSIVE' ? 1 : 0);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="${escapeHtml(`l1bench gate: ${head} against ${base}`)}" tests="${cases.length + 1}" failures="${failures}" errors="${errors}">
    <testcase classname="l1bench.gate" name="verdict">${whole}</testcase>
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

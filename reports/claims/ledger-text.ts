import { intervalText, samples, withUnit } from '../format.ts';
import { unfitness } from '../gate/machine.ts';
import { cellText, markdownTable } from '../markdown.ts';
import { escapeHtml } from '../page/escape.ts';
import type { ClaimVerdict } from './claim.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import type { Measured } from './measurements.ts';

const ORDER: readonly ClaimVerdict[] = [
  'reproduced',
  'reproduced if',
  'not reproduced',
  'refuted by arithmetic',
  'not testable here',
];

/** How many claims got each verdict, in words. */
export function tally({ rows }: Ledger): string {
  return ORDER.map((verdict) => [rows.filter((row) => row.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ');
}

function intervalName({ interval }: Measured): string {
  return interval?.confidence == null ? 'range over repetitions' : `${100 * interval.confidence} % interval`;
}

/** How the values of a row were measured; what several share is said once. */
function howText({ how }: LedgerRow): string {
  return [...new Set(how.flatMap((one) => one.split('; ')))].join('; ');
}

/** A measured value, and what to know of it: interval, samples, emulation. */
function valueParts(measured: Measured): { value: string; notes: string } {
  const interval = intervalText(measured);
  const notes = [
    ...(interval === null ? [] : [`${intervalName(measured)} ${interval}`]),
    measured.n > 1 ? samples(measured) : 'n = 1',
    ...(measured.emulated ? ['emulated origin wait included'] : []),
  ];
  const value = measured.value === null ? 'not reached' : withUnit(measured.value, measured.unit);
  return { value, notes: `(${notes.join(', ')})` };
}

const verdictText = ({ verdict, condition }: LedgerRow): string =>
  condition === null
    ? verdict
    : verdict === 'reproduced if'
      ? `reproduced if ${condition}`
      : `${verdict} (${condition})`;

/** What a reader must know before any latency in the ledger; null on a quiet machine. */
function busy({ environment }: Ledger): string | null {
  const reasons = unfitness(environment);
  return reasons.length === 0
    ? null
    : `The machine was busy (${reasons.join('; ')}): latencies are higher than its own. Repeat on a quiet one before you quote a number.`;
}

/** The ledger as Markdown: a table to scan, then every claim with its numbers. */
export function ledgerMarkdown(ledger: Ledger): string {
  const overview = ledger.rows.map((row) => [`\`${row.id}\``, row.claim, verdictText(row)]);
  const details = ledger.rows.map((row) =>
    [
      `### ${row.id}: ${row.verdict}`,
      `> ${row.quote}`,
      row.because,
      ...(row.condition === null ? [] : [`Condition: ${row.condition}.`]),
      ...(row.values.length === 0
        ? []
        : [
            row.values
              .map(({ label, measured }) => {
                const { value, notes } = valueParts(measured);
                return `- ${label}: **${value}** ${notes}`;
              })
              .join('\n'),
          ]),
      ...(row.how.length === 0 ? [] : [`How: ${howText(row)}.`]),
      `Repeat: \`${row.command}\``,
    ].join('\n\n'),
  );
  const contradictions = ledger.contradictions.map(
    ({ claims, line }) => `- ${claims.join(' against ')}: ${line}`,
  );
  return `# The article's claims, measured

Run ${ledger.runId}, ${ledger.startedAt}, target ${ledger.target}, ${ledger.environment.cpuModel}, mesh ${ledger.environment.mesh}: ${tally(ledger)}.
${busy(ledger) === null ? '' : `\n**${busy(ledger)}**\n`}
${markdownTable(['Claim', 'What it says', 'Verdict'], overview)}
${contradictions.length === 0 ? '' : `\n## Where the article contradicts itself\n\n${contradictions.join('\n')}\n`}
## Claim by claim

${details.join('\n\n')}
`;
}

/** One line a claim, for a terminal. */
export function ledgerLines(ledger: Ledger): string[] {
  return ledger.rows.map((row) => `${row.id.padEnd(12)} ${cellText(verdictText(row))}`);
}

const VERDICT_CLASS: Record<ClaimVerdict, string> = {
  reproduced: 'faster',
  'reproduced if': 'faster',
  'not reproduced': 'slower',
  'refuted by arithmetic': 'slower',
  'not testable here': 'INCONCLUSIVE',
};

function rowHtml(row: LedgerRow): string {
  const values = row.values.map(({ label, measured }) => {
    const { value, notes } = valueParts(measured);
    return `<li>${escapeHtml(label)}: <b>${escapeHtml(value)}</b> <span class="muted">${escapeHtml(notes)}</span></li>`;
  });
  return `<h3 id="claim-${row.id}">${escapeHtml(row.claim)}</h3>
<blockquote>${escapeHtml(row.quote)}</blockquote>
<p><b class="${VERDICT_CLASS[row.verdict]}">${escapeHtml(verdictText(row))}</b>. ${escapeHtml(row.because)}</p>
${values.length === 0 ? '' : `<ul>${values.join('')}</ul>`}
${row.how.length === 0 ? '' : `<p class="muted">How: ${escapeHtml(howText(row))}.</p>`}
<p class="muted">Repeat: <code>${escapeHtml(row.command)}</code> · id ${row.id}</p>`;
}

/** The ledger as a section of the report page, for a reader who has the article open beside it. */
export function ledgerSection(ledger: Ledger): string {
  const overview = ledger.rows.map(
    (row) =>
      `<tr><th scope="row"><a href="#claim-${row.id}">${row.id}</a></th><td class="text">${escapeHtml(row.claim)}</td><td class="text ${VERDICT_CLASS[row.verdict]}">${escapeHtml(row.verdict)}</td></tr>`,
  );
  const contradictions = ledger.contradictions.map(
    ({ claims, line }) => `<li><b>${claims.join(' against ')}</b>: ${escapeHtml(line)}</li>`,
  );
  return `<h2 id="claims">The article's claims</h2>
<p>${tally(ledger)} (n = ${ledger.rows.length} claims, target ${ledger.target}).</p>
${busy(ledger) === null ? '' : `<div class="warning"><p>${escapeHtml(busy(ledger)!)}</p></div>`}
<div class="scroll" tabindex="0"><table><thead><tr><th>Claim</th><th class="text">What it says</th><th class="text">Verdict</th></tr></thead><tbody>${overview.join('\n')}</tbody></table></div>
${contradictions.length === 0 ? '' : `<h3>Where the article contradicts itself</h3><ul>${contradictions.join('')}</ul>`}
${ledger.rows.map(rowHtml).join('\n')}`;
}

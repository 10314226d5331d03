import type { Environment } from '../schema.ts';
import type { Claim, ClaimId, ClaimVerdict } from './claim.ts';
import { CONTRADICTIONS, type Contradiction } from './claims.ts';
import {
  MEASURED_ON,
  type Measured,
  type MeasurementKind,
  type Measurements,
  type Supplied,
} from './measurements.ts';

const LEDGER_VERSION = 1;

export interface LedgerRow {
  readonly id: ClaimId;
  readonly claim: string;
  readonly quote: string;
  readonly verdict: ClaimVerdict;
  readonly because: string;
  readonly condition: string | null;
  /** How it was measured; one sentence for every distinct way. */
  readonly how: readonly string[];
  readonly values: readonly { readonly label: string; readonly measured: Measured }[];
  /** Repeats the measurement, or makes it where it can be made. */
  readonly command: string;
}

/** What became of the article's claims on one machine. */
export interface Ledger {
  readonly ledgerVersion: typeof LEDGER_VERSION;
  readonly runId: string;
  readonly startedAt: string;
  readonly target: 'local' | 'kind' | 'eks';
  readonly environment: Environment;
  readonly rows: readonly LedgerRow[];
  readonly contradictions: readonly Contradiction[];
}

export interface LedgerHead {
  readonly runId: string;
  readonly startedAt: string;
  readonly target: Ledger['target'];
  readonly environment: Environment;
}

function isMeasured(value: unknown): value is Measured {
  return typeof value === 'object' && value !== null && 'how' in value && 'n' in value && 'interval' in value;
}

/** A figure without a single sample anywhere in a measurement: it must not decide anything. */
function hasEmptyFigure(value: unknown): boolean {
  if (isMeasured(value)) return value.n === 0;
  if (Array.isArray(value)) return value.length === 0 || value.some(hasEmptyFigure);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasEmptyFigure);
}

/** Why a claim cannot be judged from what was supplied; null when it can. */
function obstacle(kind: MeasurementKind, { measurements, missing }: Supplied): string | null {
  const measured: unknown = measurements[kind];
  if (measured === undefined) return missing[kind] ?? 'it was not measured in this run';
  return hasEmptyFigure(measured) ? 'it was measured without a single sample' : null;
}

/** Judges one claim; without its measurements the verdict is "not testable here", with the command that would. */
export function judge(claim: Claim, supplied: Supplied): LedgerRow {
  const head = { id: claim.id, claim: claim.line, quote: claim.quote };
  const inCluster = claim.needs.some((kind) => MEASURED_ON[kind] === 'cluster');
  const command = `l1bench reproduce ${claim.id}${inCluster ? ' --target kind' : ''}`;
  const obstacles = claim.needs.flatMap((kind) => {
    const why = obstacle(kind, supplied);
    return why === null ? [] : [`${kind}: ${why}`];
  });
  if (obstacles.length > 0) {
    return {
      ...head,
      verdict: 'not testable here',
      because: `${obstacles.join('; ')}.`,
      condition: null,
      how: [],
      values: [],
      command,
    };
  }
  const judgement = claim.judge(supplied.measurements as Measurements);
  return {
    ...head,
    ...judgement,
    how: [...new Set(judgement.values.map(({ measured }) => measured.how))],
    command,
  };
}

/** The ledger of the given claims, in their order, with the contradictions that touch them. */
export function buildLedger(claims: readonly Claim[], supplied: Supplied, head: LedgerHead): Ledger {
  const ids = new Set(claims.map(({ id }) => id));
  return {
    ledgerVersion: LEDGER_VERSION,
    ...head,
    rows: claims.map((claim) => judge(claim, supplied)),
    contradictions: CONTRADICTIONS.filter((one) => one.claims.some((id) => ids.has(id))),
  };
}

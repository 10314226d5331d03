/** Exit codes of the CLI; documented in docs/exit-codes.md. */
export const EXIT = {
  ok: 0,
  usage: 2,
  environment: 3,
  invalidRun: 4,
  regressed: 10,
  inconclusive: 75,
  interrupted: 130,
} as const;

/** An error that the user can act on: what failed, how to mend it, and the exit code the CLI ends with. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
  /** Stable, documented in docs/errors.md. */
  readonly code: string;
  readonly hint: string;
  readonly exitCode: number;

  constructor(code: string, message: string, options: { hint: string; exitCode: number; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

/** What an error says of itself; its kind where it says nothing, as node-redis when a command takes too long. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.constructor.name : String(error);
}

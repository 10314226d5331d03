/** What can be wrong with the input of a topology or a workload; documented in docs/errors.md. */
export type InputErrorCode =
  | 'TOPOLOGY_IMPOSSIBLE'
  | 'SCENARIO_UNKNOWN'
  | 'TRACE_MISSING'
  | 'TRACE_FORMAT'
  | 'TRACE_MALFORMED';

/** Input that no run can be made from: the message names the value and its limit, `hint` how to mend it. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code: InputErrorCode;
  readonly hint: string;

  constructor(code: InputErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}

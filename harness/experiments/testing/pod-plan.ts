/** A pod that serves next to nothing for a minute. */
export const PLAN = {
  name: 'pod-0',
  members: ['pod-0'],
  bus: null,
  secret: '',
  prediction: 'off',
  start: 'empty',
  snapshotFile: null,
  seed: 1,
  requestsPerSecond: 10,
  users: 10,
  zipfExponent: 0.9,
  budgetBytes: 2 ** 20,
  originMs: 1,
  serveMs: 60_000,
  shift: null,
} as const;

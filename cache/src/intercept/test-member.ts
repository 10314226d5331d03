import { claimBudgetShare } from './budget-share.ts';

/** Takes a share and reports it, and every change, until told to leave. */
process.send!(claimBudgetShare(1_200_000, process.argv[2]!, (bytes) => process.send!(bytes)));
process.on('message', () => process.exit());

import { parentPort } from 'node:worker_threads';
import { claimBudgetShare } from './budget-share.ts';

const tell = (bytes: number) => (parentPort ? parentPort.postMessage(bytes) : process.send!(bytes));

/** Takes a share and reports it, and every change, until told to leave. */
tell(claimBudgetShare(1_200_000, process.argv[2]!, tell));
(parentPort ?? process).on('message', () => process.exit());

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { claimBudgetShare, removeNotesOfEndedWorkers } from './budget-share.ts';

const MEMBER = fileURLToPath(new URL('./test-member.ts', import.meta.url));

interface Member {
  readonly child: ChildProcess;
  /** Waits until this member was told this share. */
  readonly holds: (bytes: number) => Promise<void>;
}

async function join(pod: string): Promise<Member> {
  const child = fork(MEMBER, [pod]);
  let share: number | undefined;
  child.on('message', (bytes: number) => {
    share = bytes;
  });
  const holds = async (bytes: number) => {
    while (share !== bytes) await once(child, 'message');
  };
  await once(child, 'message');
  return { child, holds };
}

async function end(member: Member, how: 'leaves' | 'is killed'): Promise<void> {
  const gone = once(member.child, 'exit');
  if (how === 'leaves') member.child.send('leave');
  else member.child.kill('SIGKILL');
  await gone;
}

test('the processes of a pod divide one budget, and divide it anew when one comes, leaves or is killed', async () => {
  const pod = `test-${process.pid}`;
  const first = await join(pod);
  await first.holds(1_200_000);
  const second = await join(pod);
  await Promise.all([first.holds(600_000), second.holds(600_000)]);
  const third = await join(pod);
  await Promise.all([first, second, third].map((member) => member.holds(400_000)));
  await end(third, 'leaves');
  await Promise.all([first.holds(600_000), second.holds(600_000)]);
  // Of a killed one nobody is told; the next who comes finds it gone.
  await end(second, 'is killed');
  const fourth = await join(pod);
  await Promise.all([first.holds(600_000), fourth.holds(600_000)]);
  const other = await join(`${pod}-other`);
  await other.holds(1_200_000);
  for (const member of [first, fourth, other]) await end(member, 'leaves');
});

test('a worker thread that is terminated gives its share back', async () => {
  const pod = `test-worker-${process.pid}`;
  const member = await join(pod);
  await member.holds(1_200_000);
  removeNotesOfEndedWorkers(pod);
  const worker = new Worker(MEMBER, { argv: [pod] });
  await member.holds(600_000);
  await worker.terminate();
  await member.holds(1_200_000);
  await end(member, 'leaves');
});

test('where no note can be left, each takes a sixteenth', () => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = '/proc';
  try {
    assert.equal(
      claimBudgetShare(1_600_000, 'test-nowhere', () => {}, '/proc'),
      100_000,
    );
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});

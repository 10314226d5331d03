import type { Readable } from 'node:stream';

/** A program that execa has started, as far as it matters here. */
type Program = Promise<{ readonly exitCode?: number | undefined }> & {
  readonly stderr: Readable | null | undefined;
};

/** Resolves once a program has said these words on standard error; rejects, with all it said, when it ends before. */
export async function said(program: Program, words: string): Promise<void> {
  let text = '';
  const heard = new Promise<void>((resolve) => {
    program.stderr?.on('data', (chunk) => {
      text += chunk;
      if (text.includes(words)) resolve();
    });
  });
  const ended = program.then(({ exitCode }) => {
    throw new Error(`It ended with exit code ${exitCode} and never said "${words}":\n${text}`);
  });
  await Promise.race([heard, ended]);
}

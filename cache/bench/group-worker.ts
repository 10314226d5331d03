import { parentPort } from 'node:worker_threads';
import type { Figure } from './figure.ts';
import { GROUPS } from './groups.ts';

/** Asks for one group after the other, by its place in the list, and answers with its figures. */
parentPort!.on('message', async (index: number) => {
  const figures: Figure[] = [];
  for await (const figure of GROUPS[index]!.measure()) figures.push(figure);
  parentPort!.postMessage(figures);
});

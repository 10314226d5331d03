import { createHash } from 'node:crypto';
import type { Topology } from '../topology/topology.ts';
import type { Arrival } from './arrival.ts';

/**
 * One sha256 over the topology and every arrival with its keys, in hex: two runs with the same digest met the
 * same requests. Blocks are given in stream order. Reads each iterable once.
 */
export function inputDigest(topology: Topology, blocks: Iterable<Iterable<Arrival>>): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(topology));
  for (const block of blocks) {
    hash.update('\nblock');
    for (const arrival of block) {
      hash.update(`\n${arrival.dueUs} ${arrival.requestType} ${arrival.keys.join(',')}`);
    }
  }
  return hash.digest('hex');
}

import { createClient } from 'redis';
import type { Endpoint } from './endpoints.ts';

/**
 * A client of a Redis, or of what speaks its protocol, that goes with its connection: when the server dies the command
 * under way rejects, and nothing waits for another.
 */
export async function connectOnce(to: Endpoint | { readonly path: string; readonly tls: false }) {
  const client = createClient({ socket: { ...to, reconnectStrategy: false } });
  client.on('error', () => {}); // the failed command rejects with the same error
  return client.connect();
}

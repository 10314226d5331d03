import type { Metadata, UnaryMethod } from './grpc-call.ts';
import { CREDENTIALS, HARMLESS, hashOf } from './identity.ts';

/** The key of a unary call; undefined when it carries credentials that may not be part of one. */
export function grpcKey(method: UnaryMethod, metadata: Metadata, message: unknown): string | undefined {
  const { path, route, clientId, serialize } = method;
  const keyed: [string, string][] = [];
  const allowed = (route.keyMetadata ?? []).map((name) => name.toLowerCase());
  for (const [name, values] of Object.entries(metadata.toJSON())) {
    if (CREDENTIALS.has(name) && !allowed.includes(name)) return undefined;
    if (HARMLESS.has(name) && !allowed.includes(name)) continue;
    for (const value of values)
      keyed.push([name, Buffer.isBuffer(value) ? value.toString('base64') : String(value)]);
  }
  keyed.push([':message', serialize(message).toString('base64')]);
  return `grpc ${clientId} ${path} ${hashOf(keyed)}`;
}

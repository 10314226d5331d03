import type { Millis } from '../units.ts';
import { UnaryRead } from './grpc.ts';
import type { InterceptingCall } from './grpc-call.ts';
import type { InterceptedReads } from './reads.ts';

interface GrpcClient {
  getChannel(): { readonly internalChannel?: { readonly credentials?: object } };
}

interface CallOptions {
  readonly credentials?: unknown;
  /** Another authority than the channel's. */
  readonly host?: unknown;
  /** A date, or its milliseconds. */
  readonly deadline?: Date | number;
  /** The call that is being answered: its end and its deadline are this one's too. */
  readonly parent?: unknown;
  readonly interceptors?: readonly Interceptor[];
  readonly interceptor_providers?: readonly ((method: unknown) => Interceptor)[];
}

type Interceptor = (
  options: CallOptions,
  nextCall: (options: CallOptions) => InterceptingCall,
) => InterceptingCall;

type MakeUnaryRequest = (
  this: GrpcClient,
  method: string,
  serialize: (message: unknown) => Buffer,
  deserialize: (bytes: Buffer) => unknown,
  argument: unknown,
  ...rest: unknown[]
) => unknown;

/** For all copies of @grpc/grpc-js that the application loads: what they keep lies side by side. */
const clientIds = new WeakMap<object, number>();
let nextClientId = 0;

/**
 * Adds the cache as the innermost interceptor of allowed unary calls of @grpc/grpc-js. Calls whose credentials are
 * made below the interceptors (call credentials, composed channel credentials) are made live.
 */
export function patchGrpc(exports: unknown, reads: InterceptedReads): void {
  const prototype = (exports as { Client?: { prototype: { makeUnaryRequest: MakeUnaryRequest } } }).Client
    ?.prototype;
  if (typeof prototype?.makeUnaryRequest !== 'function') return;
  const routes = new Map(reads.config.grpc.map((route) => [route.method, route]));
  const original = prototype.makeUnaryRequest;
  prototype.makeUnaryRequest = function (path, serialize, deserialize, argument, ...rest) {
    const live = () => original.call(this, path, serialize, deserialize, argument, ...rest);
    if (!reads.isActive) return live();
    const route = routes.get(path);
    if (route === undefined) {
      reads.coverage.outside++;
      return live();
    }
    let received: Buffer | undefined;
    const keepBytes = (bytes: Buffer) => {
      received = bytes;
      return deserialize(bytes);
    };
    const args = [...rest];
    try {
      // (metadata?, options?, callback): the options are what is neither metadata nor a function.
      const at = rest.findIndex((each) => isPlainOptions(each));
      const options = (at < 0 ? {} : rest[at]) as CallOptions;
      if (hasCallCredentials(this)) {
        reads.coverage.bypass('credentials');
        return live();
      }
      const clientId = clientIds.get(this) ?? nextClientId++;
      clientIds.set(this, clientId);
      const method = { path, route, clientId, serialize, deserialize, received: () => received };
      const innermost: Interceptor = (callOptions, nextCall) => {
        // As the interceptors before this one left them.
        if (callOptions.credentials === undefined && callOptions.host === undefined)
          return new UnaryRead(reads, method, leftMs(callOptions), () => nextCall(callOptions));
        reads.coverage.bypass('credentials');
        return nextCall(callOptions);
      };
      const withOurs = { ...options, ...interceptorsOf(this, options, innermost) };
      if (at < 0) args.splice(args.length - 1, 0, withOurs);
      else args[at] = withOurs;
    } catch {
      reads.fault();
      return live();
    }
    return original.call(this, path, serialize, keepBytes, argument, ...args);
  };
}

function leftMs({ deadline, parent }: CallOptions): Millis {
  // What a parent ends only a live call hears.
  if (parent !== undefined && parent !== null) return 0;
  return deadline === undefined ? Number.POSITIVE_INFINITY : Number(deadline) - Date.now();
}

function isPlainOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !('toHttp2Headers' in value);
}

/**
 * The call's interceptors with ours last, next to the wire. A call's own list replaces the client's, which the
 * client keeps under private symbols: first the interceptors, then the providers.
 */
function interceptorsOf(client: GrpcClient, options: CallOptions, ours: Interceptor): CallOptions {
  if (options.interceptor_providers?.length)
    return { interceptor_providers: [...options.interceptor_providers, () => ours] };
  if (options.interceptors?.length) return { interceptors: [...options.interceptors, ours] };
  const lists = Object.getOwnPropertySymbols(client)
    .map((symbol) => (client as unknown as Record<symbol, unknown>)[symbol])
    .filter((value) => Array.isArray(value));
  if (lists.length !== 2) throw new Error('This @grpc/grpc-js keeps its interceptors elsewhere.');
  const [interceptors, providers] = lists as [Interceptor[], CallOptions['interceptor_providers']];
  if (providers?.length) return { interceptor_providers: [...providers, () => ours] };
  return { interceptors: [...interceptors, ours] };
}

function hasCallCredentials(client: GrpcClient): boolean {
  const credentials = client.getChannel().internalChannel?.credentials;
  return credentials === undefined || 'callCredentials' in credentials;
}

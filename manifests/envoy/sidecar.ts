import { type Address, bootstrap, type EnvoyConfig, type Identity, type Peer } from './bootstrap.ts';
import { peerCluster, plainCluster } from './clusters.ts';
import { type HttpCacheFiles, httpCacheFilter } from './http-cache.ts';
import { passHttp, passTcp, routeByHost } from './listeners.ts';
import { acceptPeers } from './tls.ts';

export interface SidecarOptions {
  /** The service's name, `svc-07`. */
  readonly name: string;
  readonly identity: Identity;
  /** Where the app serves. */
  readonly app: Address;
  /** Where other sidecars reach this one, by mutual TLS only. */
  readonly inbound: Address;
  /** Where the app sends what is for other services. */
  readonly outbound: Address;
  /** A second way out that keeps answers and serves them again; absent in most meshes. */
  readonly httpCache?: { readonly at: Address; readonly files: HttpCacheFiles };
  /** Where the app finds the shared Redis. */
  readonly sharedRedisProxy: Address;
  readonly sharedRedis: Address;
  /** The services that the app calls; only they are configured, as with Istio's `Sidecar` resource. */
  readonly peers: readonly Peer[];
}

/** The proxy beside one app. HTTP between services goes out over mutual TLS, Redis traffic out as TCP. */
export function sidecarConfig(options: SidecarOptions): EnvoyConfig {
  const { name, identity, peers, httpCache } = options;
  const names = peers.map((peer) => peer.name);
  return bootstrap(name, {
    listeners: [
      passHttp('inbound', options.inbound, 'app', acceptPeers(identity)),
      routeByHost('outbound', options.outbound, names),
      ...(httpCache === undefined
        ? []
        : [routeByHost('cached-outbound', httpCache.at, names, [httpCacheFilter(httpCache.files)])]),
      passTcp('shared-redis', options.sharedRedisProxy, 'shared-redis'),
    ],
    clusters: [
      plainCluster('app', options.app),
      plainCluster('shared-redis', options.sharedRedis),
      ...peers.map((peer) => peerCluster(peer, identity)),
    ],
  });
}

import { type Address, bootstrap, type EnvoyConfig, type Identity, type Peer } from './bootstrap.ts';
import { peerCluster } from './clusters.ts';
import { routeByHost } from './listeners.ts';

export interface GatewayOptions {
  readonly identity: Identity;
  /** Where the load generator sends its requests, in the clear. */
  readonly at: Address;
  readonly peers: readonly Peer[];
}

/** The way into the mesh: plain HTTP in, mutual TLS to every service's sidecar. */
export function gatewayConfig({ identity, at, peers }: GatewayOptions): EnvoyConfig {
  return bootstrap('gateway', {
    listeners: [
      routeByHost(
        'ingress',
        at,
        peers.map((peer) => peer.name),
      ),
    ],
    clusters: peers.map((peer) => peerCluster(peer, identity)),
  });
}

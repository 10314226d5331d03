import { type Address, type EnvoyConfig, type Identity, type Peer, socketAddress } from './bootstrap.ts';
import { callPeer } from './tls.ts';

/** A fixed destination without encryption: the app in the same pod, or the shared Redis. */
export function plainCluster(name: string, to: Address): EnvoyConfig {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '2s',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(to) } }] }],
    },
  };
}

/** Another service's sidecar over mutual TLS. */
export function peerCluster(peer: Peer, identity: Identity): EnvoyConfig {
  return { ...plainCluster(peer.name, peer.inbound), transport_socket: callPeer(peer, identity) };
}

/** Builds Envoy's static configuration as data. Field names are Envoy's own: config.bootstrap.v3 and below. */

/** A JSON value of Envoy's. */
export type EnvoyConfig = { readonly [field: string]: unknown };

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a proxy finds its identity, and whom it trusts: PEM files. */
export interface Identity {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly authorityFile: string;
}

/** A service that a proxy may call: its name in the Host header, its sidecar, and who must answer there. */
export interface Peer {
  /** `svc-31`; reached as `svc-31.mesh`. */
  readonly name: string;
  readonly inbound: Address;
  /** URI in the certificate that the peer's sidecar must show. */
  readonly spiffeId: string;
}

/**
 * A whole proxy: listeners and clusters, nothing else. No admin port, and no statistics kept, as they would be the
 * larger part of a small proxy's memory.
 */
export function bootstrap(
  id: string,
  resources: { readonly listeners: readonly EnvoyConfig[]; readonly clusters: readonly EnvoyConfig[] },
): EnvoyConfig {
  return {
    node: { id, cluster: 'l1bench' },
    static_resources: resources,
    stats_config: { stats_matcher: { reject_all: true } },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type': `${TYPE}/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig`,
            max_active_downstream_connections: 10_000,
          },
        },
      ],
    },
  };
}

/** Prefix of the type names that mark a typed configuration. */
export const TYPE = 'type.googleapis.com';

export function socketAddress({ host, port }: Address): EnvoyConfig {
  return { socket_address: { address: host, port_value: port } };
}

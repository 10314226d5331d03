import { type Address, type EnvoyConfig, socketAddress, TYPE } from './bootstrap.ts';

const NETWORK_FILTERS = `${TYPE}/envoy.extensions.filters.network`;

/** Istio's default: a request that the peer surely did not begin to serve is sent again, twice at most. */
const ISTIO_RETRIES: EnvoyConfig = {
  retry_on: 'connect-failure,refused-stream,unavailable,cancelled,reset-before-request',
  num_retries: 2,
};

/**
 * Routes HTTP by the Host header: `svc-31.mesh` to the cluster `svc-31`. Unknown names are answered with 404.
 * `filters` see a request before it is routed; default none.
 */
export function routeByHost(
  name: string,
  at: Address,
  clusters: readonly string[],
  filters: readonly EnvoyConfig[] = [],
): EnvoyConfig {
  const virtualHosts = clusters.map((cluster) => ({
    name: cluster,
    domains: [`${cluster}.mesh`],
    routes: [{ match: { prefix: '/' }, route: { cluster, timeout: '15s', retry_policy: ISTIO_RETRIES } }],
  }));
  return listener(name, at, { filters: [httpManager(name, virtualHosts, filters)] });
}

/** Passes every HTTP request to one cluster, behind the given transport socket. */
export function passHttp(
  name: string,
  at: Address,
  cluster: string,
  transportSocket: EnvoyConfig,
): EnvoyConfig {
  const virtualHost = {
    name: cluster,
    domains: ['*'],
    routes: [{ match: { prefix: '/' }, route: { cluster, timeout: '15s' } }],
  };
  return listener(name, at, {
    filters: [httpManager(name, [virtualHost])],
    transport_socket: transportSocket,
  });
}

/** Passes bytes to one cluster, whatever they mean. */
export function passTcp(name: string, at: Address, cluster: string): EnvoyConfig {
  return listener(name, at, {
    filters: [
      {
        name: 'envoy.filters.network.tcp_proxy',
        typed_config: { '@type': `${NETWORK_FILTERS}.tcp_proxy.v3.TcpProxy`, stat_prefix: name, cluster },
      },
    ],
  });
}

function listener(name: string, at: Address, filterChain: EnvoyConfig): EnvoyConfig {
  return { name, address: socketAddress(at), filter_chains: [filterChain] };
}

function httpManager(
  name: string,
  virtualHosts: readonly EnvoyConfig[],
  filters: readonly EnvoyConfig[] = [],
): EnvoyConfig {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${NETWORK_FILTERS}.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: name,
      route_config: { name, virtual_hosts: virtualHosts },
      http_filters: [
        ...filters,
        {
          name: 'envoy.filters.http.router',
          typed_config: { '@type': `${TYPE}/envoy.extensions.filters.http.router.v3.Router` },
        },
      ],
    },
  };
}

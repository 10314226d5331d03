/** A place to listen or to connect to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Every port of one pod, by the role it plays. */
interface PodEndpoints {
  /** The service program: data port. */
  readonly app: Endpoint;
  /** The service program: control port, same host as `app`. */
  readonly control: Endpoint;
  /** Sidecar: where the app sends what is for other services. */
  readonly outbound: Endpoint;
  /** Sidecar: the same, through its HTTP cache where it has one. */
  readonly cachedOutbound: Endpoint;
  /** Sidecar: where other pods' sidecars connect, mutual TLS only. */
  readonly inbound: Endpoint;
  /** Sidecar: the shared Redis, passed on as TCP. */
  readonly sharedRedisProxy: Endpoint;
  /** The pod's own Redis. */
  readonly redis: Endpoint;
  /** The pod's own cache container. */
  readonly container: Endpoint;
}

/** Where everything of one local mesh listens. */
export interface MeshEndpoints {
  readonly pods: readonly PodEndpoints[];
  readonly gateway: Endpoint;
  readonly sharedRedis: Endpoint;
  /** Whoever listens here has this network to itself; nobody connects. */
  readonly claim: Endpoint;
}

/** Meshes that can stand side by side on one machine. */
export const NETWORKS = 7;

const PODS_PER_BYTE = 250;
const FIRST_PORT = 20_000;
/** Ports of one network where all pods share an address: enough for 200 pods. */
const PORTS_PER_NETWORK = 1_700;
const ROLES = 8;

/**
 * Lays out one mesh. Linux answers on all of 127.0.0.0/8, so there each pod has an address of its own and the same
 * ports, as on Kubernetes; macOS answers on 127.0.0.1 only, so there each pod has ports of its own.
 * All ports are below the range that the system hands out to clients. `network` is 0 … NETWORKS − 1.
 */
export function layOutEndpoints(options: {
  readonly addresses: 'one-per-pod' | 'one-for-all';
  readonly network: number;
  readonly pods: number;
}): MeshEndpoints {
  const { addresses, network } = options;
  const hostOf = (pod: number): string =>
    `127.${100 + network}.${1 + Math.floor(pod / PODS_PER_BYTE)}.${1 + (pod % PODS_PER_BYTE)}`;
  const at = (pod: number, role: number): Endpoint =>
    addresses === 'one-per-pod'
      ? { host: hostOf(pod), port: FIRST_PORT + role }
      : { host: '127.0.0.1', port: FIRST_PORT + network * PORTS_PER_NETWORK + (pod + 1) * ROLES + role };
  const shared = (role: number): Endpoint =>
    addresses === 'one-per-pod'
      ? { host: `127.${100 + network}.0.1`, port: FIRST_PORT + role }
      : at(-1, role);
  return {
    pods: Array.from({ length: options.pods }, (_, pod) => ({
      app: at(pod, 0),
      control: at(pod, 1),
      outbound: at(pod, 2),
      inbound: at(pod, 3),
      sharedRedisProxy: at(pod, 4),
      redis: at(pod, 5),
      container: at(pod, 6),
      cachedOutbound: at(pod, 7),
    })),
    gateway: shared(0),
    sharedRedis: shared(5),
    claim: shared(7),
  };
}

/** Every endpoint of a mesh in one list; the claim is none of the mesh. */
export function allEndpoints(mesh: MeshEndpoints): readonly Endpoint[] {
  return [mesh.gateway, mesh.sharedRedis, ...mesh.pods.flatMap((pod) => Object.values(pod) as Endpoint[])];
}

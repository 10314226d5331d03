import { type EnvoyConfig, type Identity, type Peer, TYPE } from './bootstrap.ts';

const TLS = `${TYPE}/envoy.extensions.transport_sockets.tls.v3`;

/** Identities of one mesh start with this; the rest is the service's name. */
export const TRUST_DOMAIN = 'spiffe://l1bench/';

/** Accepts only callers that show a certificate of the run's authority for a service of the mesh. */
export function acceptPeers(identity: Identity): EnvoyConfig {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TLS}.DownstreamTlsContext`,
      require_client_certificate: true,
      common_tls_context: context(identity, { prefix: TRUST_DOMAIN }),
    },
  };
}

/** Calls one peer and goes on only when it shows that peer's own certificate. */
export function callPeer(peer: Peer, identity: Identity): EnvoyConfig {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TLS}.UpstreamTlsContext`,
      sni: `${peer.name}.mesh`,
      common_tls_context: context(identity, { exact: peer.spiffeId }),
    },
  };
}

function context(
  identity: Identity,
  peerIs: { readonly exact: string } | { readonly prefix: string },
): EnvoyConfig {
  return {
    // Both ends: a calling Envoy goes no higher than 1.2 unless told.
    tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' },
    tls_certificates: [
      {
        certificate_chain: { filename: identity.certificateFile },
        private_key: { filename: identity.keyFile },
      },
    ],
    validation_context: {
      trusted_ca: { filename: identity.authorityFile },
      match_typed_subject_alt_names: [{ san_type: 'URI', matcher: peerIs }],
    },
  };
}

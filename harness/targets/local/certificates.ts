// Must run before @peculiar/x509 loads: its container reads decorators through it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import type { Millis } from 'l1-cache';
import type { Identity } from '../../../manifests/envoy/bootstrap.ts';
import { TRUST_DOMAIN } from '../../../manifests/envoy/tls.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR_MS: Millis = 3_600_000;
/** Longer than any run; a minute in the past, so that a clock a little off does not refuse them. */
const VALID_MS: Millis = 48 * HOUR_MS;
const BEFORE_MS: Millis = 60_000;

/** A certificate authority made for one run; its key lives in this process only. */
export interface RunAuthority {
  /** Makes a key and a certificate for a service, written as PEM files into the authority's folder. */
  issue(service: string): Promise<Identity>;
}

/** The URI that a service's certificate carries. */
export function spiffeIdOf(service: string): string {
  return `${TRUST_DOMAIN}${service}`;
}

/** Makes a certificate authority whose files go into `folder`, which exists. */
export async function createRunAuthority(folder: string, nowMs: Millis): Promise<RunAuthority> {
  const validity = { notBefore: new Date(nowMs - BEFORE_MS), notAfter: new Date(nowMs + VALID_MS) };
  const keys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=l1bench run authority',
    keys,
    signingAlgorithm: P256,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, authority.toString('pem'));

  return {
    async issue(service) {
      const own = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${service}`,
        issuer: authority.subject,
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        signingAlgorithm: P256,
        ...validity,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([
            x509.ExtendedKeyUsage.serverAuth,
            x509.ExtendedKeyUsage.clientAuth,
          ]),
          new x509.SubjectAlternativeNameExtension([{ type: 'url', value: spiffeIdOf(service) }], false),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      const certificateFile = join(folder, `${service}.crt.pem`);
      const keyFile = join(folder, `${service}.key.pem`);
      await writeFile(certificateFile, certificate.toString('pem'));
      await writeFile(keyFile, await privateKeyPem(own.privateKey), { mode: 0o600 });
      return { certificateFile, keyFile, authorityFile };
    },
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

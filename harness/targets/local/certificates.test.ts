import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { createRunAuthority } from './certificates.ts';

const NOW_MS = Date.UTC(2026, 10, 23);
const folder = mkdtempSync(join(tmpdir(), 'l1bench-test-'));
after(() => rmSync(folder, { recursive: true }));

const certificateIn = (file: string) => new X509Certificate(readFileSync(file));

it('issues certificates that its authority signed, for one service and two days', async () => {
  const authority = await createRunAuthority(folder, NOW_MS);
  const identity = await authority.issue('svc-31');
  const own = certificateIn(identity.certificateFile);
  const signer = certificateIn(identity.authorityFile);
  assert.ok(own.verify(signer.publicKey));
  assert.ok(own.checkIssued(signer));
  assert.equal(own.subjectAltName, 'URI:spiffe://l1bench/svc-31');
  assert.equal(own.ca, false);
  assert.equal(new Date(own.validFrom).getTime(), NOW_MS - 60_000);
  assert.equal(new Date(own.validTo).getTime(), NOW_MS + 48 * 3_600_000);
});

it('keeps private keys readable by their owner only', async () => {
  const { keyFile } = await (await createRunAuthority(folder, NOW_MS)).issue('svc-32');
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
});

it('makes authorities that do not vouch for each other', async () => {
  const first = await (await createRunAuthority(folder, NOW_MS)).issue('svc-01');
  const own = certificateIn(first.certificateFile);
  const second = await (await createRunAuthority(folder, NOW_MS)).issue('svc-02');
  assert.equal(own.verify(certificateIn(second.authorityFile).publicKey), false);
});

import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { temporaryFolder } from '@bank/testing';
import { expect, it } from 'vitest';
import { ensureCertificates } from '#stack/secrets/certificates.ts';

const read = (file: string) => new X509Certificate(readFileSync(file));

it('gives every app a certificate of the development CA that names it', async () => {
  const files = await ensureCertificates(temporaryFolder('tls'));
  const [authority, auth] = [read(files.caFile), read(files.certFile('auth'))];
  expect(auth.verify(authority.publicKey)).toBe(true);
  expect(auth.subjectAltName?.split(', ')).toEqual([
    'DNS:localhost',
    'DNS:auth',
    'IP Address:127.0.0.1',
    'URI:spiffe://bank/app/auth',
  ]);
  expect(read(files.certFile('tools')).subjectAltName).toContain('URI:spiffe://bank/tool/tools');
  expect(read(files.certFile('postgres')).subjectAltName).not.toContain('URI:');
  expect(statSync(files.keyFile('auth')).mode & 0o777).toBe(0o600);
});

it('keeps what is valid, and issues what is missing or of another CA anew', async () => {
  const folder = temporaryFolder('tls');
  const files = await ensureCertificates(folder);
  const [auth, mfa] = [readFileSync(files.certFile('auth')), readFileSync(files.certFile('mfa'))];
  rmSync(files.keyFile('mfa'));
  await ensureCertificates(folder);
  expect(readFileSync(files.certFile('auth'))).toEqual(auth);
  expect(readFileSync(files.certFile('mfa'))).not.toEqual(mfa);
  rmSync(files.caFile);
  await ensureCertificates(folder);
  expect(read(files.certFile('auth')).verify(read(files.caFile).publicKey)).toBe(true);
});

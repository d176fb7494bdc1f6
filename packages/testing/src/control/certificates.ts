import 'reflect-metadata'; // @peculiar/x509 resolves its parts through decorators' metadata
import { randomBytes, type webcrypto as WebCrypto, webcrypto } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { temporaryFolder } from '#run/temporary-folder.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;

export interface LeafOptions {
  /** Common name, and the name of the files. */
  name: string;
  /** URI subject alternative names, e.g. `spiffe://bank/app/auth`. */
  uris?: readonly string[];
  dns?: readonly string[];
  ips?: readonly string[];
  notBefore?: Date;
  notAfter?: Date;
}

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TestCertificates {
  /** The CA's certificate in PEM, and the file that holds it. */
  readonly ca: string;
  readonly caFile: string;
  readonly folder: string;
  /** A certificate for servers and clients; `localhost` and 127.0.0.1 unless other names are given. */
  issue(leaf: LeafOptions): Promise<TestCertificate>;
}

/** A certificate authority of its own (ECDSA P-256) and leaves for mutual TLS, as PEM and as files; the folder is removed when the run ends unless one is given. */
export async function testCertificates(folder = temporaryFolder('tls')): Promise<TestCertificates> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const keys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...serialAndTimes(),
    name: 'CN=Bank test CA',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certificatesBy(authority, keys.privateKey, folder);
}

/** Leaves of an authority that somebody else made, such as the one of a running stack. */
export async function certificatesOfAuthority(
  files: { certFile: string; keyFile: string },
  folder = temporaryFolder('tls'),
): Promise<TestCertificates> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const authority = new x509.X509Certificate(readFileSync(files.certFile, 'utf8'));
  const pkcs8 = x509.PemConverter.decodeFirst(readFileSync(files.keyFile, 'utf8'));
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
  return certificatesBy(authority, key, folder);
}

function certificatesBy(authority: x509.X509Certificate, key: WebCrypto.CryptoKey, folder: string): TestCertificates {
  const ca = authority.toString('pem');
  const issue = (leaf: LeafOptions) => issueLeaf(folder, authority, key, leaf);
  return { ca, caFile: save(folder, 'ca.pem', ca), folder, issue };
}

async function issueLeaf(
  folder: string,
  authority: x509.X509Certificate,
  signingKey: WebCrypto.CryptoKey,
  leaf: LeafOptions,
): Promise<TestCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...serialAndTimes(leaf),
    subject: `CN=${leaf.name}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(leaf)),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const cert = certificate.toString('pem');
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const key = x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
  return {
    cert,
    key,
    certFile: save(folder, `${leaf.name}.pem`, cert),
    keyFile: save(folder, `${leaf.name}.key`, key),
  };
}

function generateKeys(): Promise<WebCrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function serialAndTimes({ notBefore, notAfter }: Pick<LeafOptions, 'notBefore' | 'notAfter'> = {}) {
  return {
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    notBefore: notBefore ?? new Date(Date.now() - HOUR_MS),
    notAfter: notAfter ?? new Date(Date.now() + 24 * HOUR_MS),
  };
}

function alternativeNames({ uris = [], dns = ['localhost'], ips = ['127.0.0.1'] }: LeafOptions): x509.JsonGeneralNames {
  return [
    ...uris.map((value) => ({ type: 'url' as const, value })),
    ...dns.map((value) => ({ type: 'dns' as const, value })),
    ...ips.map((value) => ({ type: 'ip' as const, value })),
  ];
}

function save(folder: string, name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
  return file;
}

import 'reflect-metadata'; // @peculiar/x509 finds its parts through the metadata of decorators
import { randomBytes, type webcrypto as WebCrypto, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { writePrivately } from '#stack/secrets/secret-store.ts';
import { appNames, spiffeId } from '#stack/settings/apps.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const LEAF_DAYS = 365;
const RENEW_DAYS = 30;

/** Names in certificates of a stack: its apps, the tools, the operator's commands, the platform's services, and the servers. */
const holders: readonly { name: string; uri?: string }[] = [
  ...appNames.map((name) => ({ name, uri: spiffeId(name) })),
  { name: 'tools', uri: 'spiffe://bank/tool/tools' },
  { name: 'ops', uri: 'spiffe://bank/tool/ops' },
  { name: 'audit', uri: 'spiffe://bank/platform/audit' },
  { name: 'notification', uri: 'spiffe://bank/platform/notification' },
  { name: 'kyc', uri: 'spiffe://bank/platform/kyc' },
  { name: 'payments', uri: 'spiffe://bank/platform/payments' },
  ...['postgres', 'pgbouncer', 'redis', 'rabbitmq'].map((name) => ({ name })),
];

export interface TlsFiles {
  readonly caFile: string;
  certFile(holder: string): string;
  keyFile(holder: string): string;
}

/** Where the certificates of a stack lie: `ca.pem`, and `<holder>.pem` with `<holder>.key`. */
function tlsFiles(folder: string): TlsFiles {
  return {
    caFile: join(folder, 'ca.pem'),
    certFile: (holder) => join(folder, `${holder}.pem`),
    keyFile: (holder) => join(folder, `${holder}.key`),
  };
}

/**
 * Makes a development CA (ECDSA P-256) and a certificate for every holder, for servers and clients alike, valid for
 * `localhost`, 127.0.0.1 and the holder's name. What exists stays; a certificate is renewed in its last 30 days or when the CA is another.
 */
export async function ensureCertificates(folder: string): Promise<TlsFiles> {
  mkdirSync(folder, { recursive: true });
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const files = tlsFiles(folder);
  const authority = await openAuthority(files.caFile, join(folder, 'ca.key'));
  for (const { name, uri } of holders) {
    if (await needsCertificate(name, files, authority.certificate)) {
      await issue(authority, name, uri, files);
    }
  }
  return files;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly signingKey: WebCrypto.CryptoKey;
}

async function openAuthority(certFile: string, keyFile: string): Promise<Authority> {
  if (existsSync(certFile) && existsSync(keyFile)) {
    const certificate = new x509.X509Certificate(readFileSync(certFile, 'utf8'));
    if (lastsLonger(certificate)) {
      const pkcs8 = x509.PemConverter.decodeFirst(readFileSync(keyFile, 'utf8'));
      return { certificate, signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']) };
    }
  }
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...serialAndTimes(CA_DAYS),
    name: 'CN=User service development CA',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writePair(certFile, keyFile, certificate, keys.privateKey);
  return { certificate, signingKey: keys.privateKey };
}

async function issue(authority: Authority, name: string, uri: string | undefined, files: TlsFiles): Promise<void> {
  const keys = await generateKeys();
  const names: x509.JsonGeneralNames = [
    { type: 'dns', value: 'localhost' },
    { type: 'dns', value: name }, // its name among containers
    { type: 'ip', value: '127.0.0.1' },
    ...(uri === undefined ? [] : [{ type: 'url' as const, value: uri }]),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    ...serialAndTimes(LEAF_DAYS),
    subject: `CN=${name}`,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
    ],
  });
  await writePair(files.certFile(name), files.keyFile(name), certificate, keys.privateKey);
}

async function needsCertificate(name: string, files: TlsFiles, ca: x509.X509Certificate): Promise<boolean> {
  const [certFile, keyFile] = [files.certFile(name), files.keyFile(name)];
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    return true;
  }
  const certificate = new x509.X509Certificate(readFileSync(certFile, 'utf8'));
  const isOurs = await certificate.verify({ publicKey: ca.publicKey, signatureOnly: true });
  return !isOurs || !lastsLonger(certificate) || !names(certificate).includes(name);
}

function names(certificate: x509.X509Certificate): string[] {
  const extension = certificate.getExtension(x509.SubjectAlternativeNameExtension);
  return extension?.names.items.filter(({ type }) => type === 'dns').map(({ value }) => value) ?? [];
}

function lastsLonger(certificate: x509.X509Certificate): boolean {
  return certificate.notAfter.getTime() > Date.now() + RENEW_DAYS * DAY_MS;
}

function generateKeys(): Promise<WebCrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function serialAndTimes(days: number) {
  const now = Date.now();
  return {
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    notBefore: new Date(now - DAY_MS), // clocks of containers and hosts differ
    notAfter: new Date(now + days * DAY_MS),
  };
}

async function writePair(
  certFile: string,
  keyFile: string,
  certificate: x509.X509Certificate,
  key: WebCrypto.CryptoKey,
) {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  writePrivately(keyFile, x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'));
  writeFileSync(certFile, certificate.toString('pem'));
}

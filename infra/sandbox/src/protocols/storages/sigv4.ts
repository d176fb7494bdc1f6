import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { S3Account } from '#protocols/storages/accounts.ts';

/** A request as it is signed. */
export interface SignedRequest {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
}

/** What S3 answers to a signature that it does not take. */
export interface SignatureProblem {
  readonly status: 400 | 403;
  readonly code: string;
}

/** A signature that fits, and what it says of the body: its SHA-256 in hexadecimal, or that it says nothing. */
export interface GoodSignature {
  readonly bodyDigest: string;
  readonly signedHeaders: readonly string[];
}

interface Claimed {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly bodyDigest: string;
  /** How long it holds from its date on. */
  readonly seconds: number;
}

const algorithm = 'AWS4-HMAC-SHA256';
const clockSkewSeconds = 900;
const denied: SignatureProblem = { status: 403, code: 'AccessDenied' };
const wrong: SignatureProblem = { status: 403, code: 'SignatureDoesNotMatch' };

/** AWS Signature Version 4, in the header of a request or in the query of a presigned one, held against the account. */
export function checkSignature(request: SignedRequest, account: S3Account): GoodSignature | SignatureProblem {
  const claimed = request.url.searchParams.has('X-Amz-Signature') ? fromQuery(request.url) : fromHeader(request);
  if (claimed === undefined) return denied;
  const [accessKeyId, day = '', region = '', service, end] = claimed.credential.split('/');
  if (accessKeyId !== account.accessKeyId) return { status: 403, code: 'InvalidAccessKeyId' };
  if (service !== 's3' || end !== 'aws4_request' || !claimed.date.startsWith(day)) return wrong;
  const age = (Date.now() - momentOf(claimed.date)) / 1000;
  if (!(age < claimed.seconds && age > -clockSkewSeconds)) return denied;
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = [algorithm, claimed.date, scope, sha256(canonicalRequest(request, claimed))].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${account.secretAccessKey}`),
  );
  const expected = hmac(key, text);
  const given = Buffer.from(claimed.signature, 'hex');
  const fits = given.length === expected.length && timingSafeEqual(given, expected);
  return fits ? { bodyDigest: claimed.bodyDigest, signedHeaders: claimed.signedHeaders } : wrong;
}

function fromQuery(url: URL): Claimed | undefined {
  const get = (name: string) => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const seconds = Number(get('Expires'));
  if (get('Algorithm') !== algorithm || !(seconds > 0 && seconds <= 604_800)) return undefined;
  return {
    credential: get('Credential'),
    signedHeaders: get('SignedHeaders').split(';'),
    signature: get('Signature'),
    date: get('Date'),
    bodyDigest: get('Content-Sha256') || 'UNSIGNED-PAYLOAD',
    seconds,
  };
}

function fromHeader({ header }: SignedRequest): Claimed | undefined {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, credential, signedHeaders, signature] = pattern.exec(header('authorization') ?? '') ?? [];
  const [date, bodyDigest] = [header('x-amz-date'), header('x-amz-content-sha256')];
  if (!credential || !signedHeaders || !signature || !date || !bodyDigest) return undefined;
  return {
    credential,
    signedHeaders: signedHeaders.split(';'),
    signature,
    date,
    bodyDigest,
    seconds: clockSkewSeconds,
  };
}

function canonicalRequest({ method, url, header }: SignedRequest, { signedHeaders, bodyDigest }: Claimed): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders.map((name) => `${name}:${(header(name) ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  return [method, url.pathname, query, headers, signedHeaders.join(';'), bodyDigest].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `20261205T101500Z` */
function momentOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

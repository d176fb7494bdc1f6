import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Who may ask. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request as it is signed. */
export interface SignedRequest {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
}

/** For which service a signature has to be. */
export interface SignatureScope {
  readonly service: string;
  /** Any region unless said. */
  readonly region?: string;
  /** How old a signature in a header may be, and how far ahead any may be, in seconds. */
  readonly ageMaxSeconds: number;
  /** SHA-256 in hexadecimal of a body that was read; what the request says of it unless said. */
  readonly bodyDigest?: string;
}

/** What is wrong with a signature; each service has a name of its own for it. */
export type SignatureFault = 'missing' | 'unknown_key' | 'other_scope' | 'out_of_time' | 'other_signature';

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
/** A week: no address holds for longer. */
const presignedSecondsMax = 604_800;

/** AWS Signature Version 4, in the header of a request or in the query of a presigned one, held against who may ask. */
export function checkSignature(
  request: SignedRequest,
  { accessKeyId, secretAccessKey }: AwsCredentials,
  scope: SignatureScope,
): GoodSignature | { readonly fault: SignatureFault } {
  const isPresigned = request.url.searchParams.has('X-Amz-Signature');
  const claimed = isPresigned ? fromQuery(request.url) : fromHeader(request, scope);
  if (claimed === undefined) return { fault: 'missing' };
  const [keyId, day = '', region = '', ...end] = claimed.credential.split('/');
  if (keyId !== accessKeyId) return { fault: 'unknown_key' };
  const isOfService = end.join('/') === `${scope.service}/aws4_request` && (scope.region ?? region) === region;
  const isBound = claimed.date.startsWith(day) && claimed.signedHeaders.includes('host');
  if (!(isOfService && isBound)) return { fault: 'other_scope' };
  const age = (Date.now() - momentOf(claimed.date)) / 1000;
  if (!(age < claimed.seconds && age > -scope.ageMaxSeconds)) return { fault: 'out_of_time' };
  const parts = [day, region, scope.service, 'aws4_request'];
  const text = [algorithm, claimed.date, parts.join('/'), sha256(canonicalRequest(request, claimed))].join('\n');
  const key = parts.reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  const fits = timingSafeEqual(hmac(key, text), Buffer.from(claimed.signature, 'hex'));
  if (!fits) return { fault: 'other_signature' };
  return { bodyDigest: claimed.bodyDigest, signedHeaders: claimed.signedHeaders };
}

function fromQuery(url: URL): Claimed | undefined {
  const get = (name: string) => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const [seconds, signature] = [Number(get('Expires')), get('Signature')];
  if (get('Algorithm') !== algorithm || !(seconds > 0 && seconds <= presignedSecondsMax)) return undefined;
  if (!/^[0-9a-f]{64}$/.test(signature)) return undefined;
  return {
    credential: get('Credential'),
    signedHeaders: get('SignedHeaders').split(';'),
    signature,
    date: get('Date'),
    bodyDigest: get('Content-Sha256') || 'UNSIGNED-PAYLOAD',
    seconds,
  };
}

function fromHeader({ header }: SignedRequest, { ageMaxSeconds, bodyDigest: read }: SignatureScope) {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, credential, signedHeaders, signature] = pattern.exec(header('authorization') ?? '') ?? [];
  const [date, bodyDigest] = [header('x-amz-date'), read ?? header('x-amz-content-sha256')];
  if (!credential || !signedHeaders || !signature || !date || !bodyDigest) return undefined;
  return {
    ...{ credential, signedHeaders: signedHeaders.split(';'), signature, date, bodyDigest },
    seconds: ageMaxSeconds,
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

/** `20261205T101500Z`; NaN for anything else. */
function momentOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

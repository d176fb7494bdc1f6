import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Who may ask, as AWS' console shows it. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

const ageMaxMs = 5 * 60_000;
const algorithm = 'AWS4-HMAC-SHA256';
const form =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/(?<scope>[^,]+), ?SignedHeaders=(?<signed>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

/** What AWS would call what is wrong with the signature of a request without a query (Signature Version 4), if anything is. */
export function signatureProblem(
  request: SignedRequest,
  { accessKeyId, secretAccessKey, region }: AwsCredentials,
  service: string,
): string | undefined {
  const {
    key,
    scope,
    signed = '',
    signature = '',
  } = form.exec(request.headers.get('authorization') ?? '')?.groups ?? {};
  if (key === undefined) return 'IncompleteSignatureException';
  if (key !== accessKeyId) return 'UnrecognizedClientException';
  const date = request.headers.get('x-amz-date') ?? '';
  const day = date.slice(0, 8);
  const names = signed.split(';');
  const isBound = scope === `${day}/${region}/${service}/aws4_request` && names.includes('host');
  if (!isBound || Math.abs(Date.now() - timeOf(date)) > ageMaxMs) return 'InvalidSignatureException';
  const headers = names.map((name) => `${name}:${(request.headers.get(name) ?? '').trim().replaceAll(/ +/g, ' ')}\n`);
  const canonical = [request.method, request.path, '', headers.join(''), signed, sha256(request.body)].join('\n');
  const text = [algorithm, date, scope, sha256(canonical)].join('\n');
  const signingKey = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const expected = hmac(signingKey, text);
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? undefined : 'InvalidSignatureException';
}

function timeOf(date: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year = '', month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) || 0;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

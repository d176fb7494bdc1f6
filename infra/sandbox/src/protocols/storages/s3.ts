import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { checkSignature, type GoodSignature, type SignatureFault } from '#protocols/aws-signature.ts';
import type { HttpProtocol } from '#protocols/protocol.ts';
import type { S3Account } from '#protocols/storages/accounts.ts';
import { ObjectShelf } from '#protocols/storages/objects.ts';

const bodyBytesMax = 64 * 1024 * 1024;
const scope = { service: 's3', ageMaxSeconds: 900 };

/** What S3 calls what is wrong with a signature. */
const faults: Readonly<Record<SignatureFault, string>> = {
  missing: 'AccessDenied',
  unknown_key: 'InvalidAccessKeyId',
  other_scope: 'SignatureDoesNotMatch',
  out_of_time: 'AccessDenied',
  other_signature: 'SignatureDoesNotMatch',
};

/**
 * One bucket of Amazon S3, addressed by path: PUT, GET, HEAD and DELETE of an object, each signed. It takes no object without
 * encryption at rest, as the policy of a bank's bucket has it, and holds a body against its digests.
 */
export class S3Protocol implements HttpProtocol {
  readonly name = 's3';
  readonly outcomes = [
    { input: 'PUT without x-amz-server-side-encryption', outcome: '403 AccessDenied' },
    { input: 'a body that is not that of its x-amz-checksum-sha256', outcome: '400 BadDigest' },
    { input: 'another bucket', outcome: '404 NoSuchBucket' },
  ];
  readonly routes = new Hono();
  readonly #account: S3Account;
  readonly #shelf = new ObjectShelf();

  constructor(account: S3Account) {
    this.#account = account;
    this.routes.use(cors({ origin: '*', allowHeaders: ['*'], exposeHeaders: ['etag'] }));
    this.routes.all('/:bucket/:key', (context) => this.#answer(context));
  }

  stop(): void {}

  async #answer(context: Context): Promise<Response> {
    const { method, url } = context.req.raw;
    const header = (name: string) => context.req.header(name);
    const signature = checkSignature({ method, url: new URL(url), header }, this.#account, scope);
    if ('fault' in signature) return problem(context, 403, faults[signature.fault]);
    if (context.req.param('bucket') !== this.#account.bucket) return problem(context, 404, 'NoSuchBucket');
    const key = context.req.param('key') ?? '';
    if (method === 'PUT') return await this.#put(context, key, signature);
    if (method === 'GET' || method === 'HEAD') return this.#get(context, key);
    if (method !== 'DELETE') return problem(context, 405, 'MethodNotAllowed');
    this.#shelf.delete(key);
    return context.body(null, 204);
  }

  async #put(context: Context, key: string, { bodyDigest, signedHeaders }: GoodSignature): Promise<Response> {
    const header = (name: string) => context.req.header(name);
    if (Number(header('content-length')) > bodyBytesMax) return problem(context, 400, 'EntityTooLarge');
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const digest = createHash('sha256').update(bytes).digest();
    const unsigned = Object.keys(context.req.header()).find(
      (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
    );
    if (unsigned !== undefined) return problem(context, 403, 'AccessDenied');
    if (/^[0-9a-f]{64}$/.test(bodyDigest) && bodyDigest !== digest.toString('hex')) {
      return problem(context, 400, 'XAmzContentSHA256Mismatch');
    }
    const checksum = header('x-amz-checksum-sha256');
    if (checksum !== undefined && checksum !== digest.toString('base64')) return problem(context, 400, 'BadDigest');
    const encryption = header('x-amz-server-side-encryption');
    if (encryption !== 'AES256' && encryption !== 'aws:kms') return problem(context, 403, 'AccessDenied');
    this.#shelf.put(key, { bytes, contentType: header('content-type') ?? 'binary/octet-stream' });
    return context.body(null, 200, { etag: tagOf(bytes), 'x-amz-server-side-encryption': encryption });
  }

  #get(context: Context, key: string): Response {
    const object = this.#shelf.get(key);
    if (object === undefined) return problem(context, 404, 'NoSuchKey');
    return context.body(object.bytes, 200, {
      'content-type': object.contentType,
      'content-length': String(object.bytes.length),
      etag: tagOf(object.bytes),
    });
  }
}

function tagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function problem(context: Context, status: 400 | 403 | 404 | 405, code: string): Response {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return context.body(text, status, { 'content-type': 'application/xml' });
}

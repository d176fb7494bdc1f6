import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import type { HttpProtocol } from '#protocols/protocol.ts';
import type { CloudinaryAccount } from '#protocols/storages/accounts.ts';
import { ObjectShelf } from '#protocols/storages/objects.ts';

const signatureSeconds = 3600;
/** Not signed: what is sent, who sends it, and what stands in the address. */
const unsigned = new Set(['file', 'signature', 'api_key', 'cloud_name', 'resource_type']);

type Parameters = Readonly<Record<string, string>>;

/** Cloudinary's Upload API and the one lookup of its Admin API that is used, for `raw` resources of type `authenticated`. */
export class CloudinaryProtocol implements HttpProtocol {
  readonly name = 'cloudinary';
  readonly outcomes = [
    { input: 'a signature that does not fit its parameters', outcome: '401 Invalid Signature' },
    { input: 'a timestamp of more than an hour ago', outcome: '400 Stale request' },
    { input: 'a type other than authenticated', outcome: '400' },
  ];
  readonly routes = new Hono();
  readonly #account: CloudinaryAccount;
  readonly #shelf = new ObjectShelf();

  constructor(account: CloudinaryAccount) {
    this.#account = account;
    this.routes.use(cors());
    const path = `/v1_1/${account.cloudName}`;
    this.routes.post(`${path}/raw/upload`, (context) => this.#upload(context));
    this.routes.get(`${path}/raw/download`, (context) => this.#download(context));
    this.routes.post(`${path}/raw/destroy`, (context) => this.#destroy(context));
    this.routes.get(`${path}/resources/raw/authenticated/:id`, (context) => this.#show(context));
  }

  stop(): void {}

  async #upload(context: Context): Promise<Response> {
    const form = await context.req.parseBody();
    const { file } = form;
    const refused = this.#refuse(context, textsOf(form));
    if (refused !== undefined) return refused;
    if (!(file instanceof File)) return problem(context, 400, 'Missing required parameter - file');
    const { public_id: id = '' } = textsOf(form);
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.#shelf.put(id, { bytes, contentType: 'application/octet-stream' });
    return context.json(describe(id, bytes));
  }

  #download(context: Context): Response {
    const query = context.req.query();
    const refused = this.#refuse(context, query);
    if (refused !== undefined) return refused;
    if (Number(query['expires_at']) * 1000 < Date.now()) return problem(context, 401, 'Expired');
    const object = this.#shelf.get(query['public_id'] ?? '');
    if (object === undefined) return problem(context, 404, 'Resource not found');
    const attachment: Record<string, string> = query['attachment'] ? { 'content-disposition': 'attachment' } : {};
    return context.body(object.bytes, 200, { 'content-type': object.contentType, ...attachment });
  }

  async #destroy(context: Context): Promise<Response> {
    const parameters = textsOf(await context.req.parseBody());
    const refused = this.#refuse(context, parameters);
    if (refused !== undefined) return refused;
    return context.json({ result: this.#shelf.delete(parameters['public_id'] ?? '') ? 'ok' : 'not found' });
  }

  #show(context: Context): Response {
    const { apiKey, apiSecret } = this.#account;
    const expected = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`;
    if (context.req.header('authorization') !== expected) return problem(context, 401, 'Invalid credentials');
    const id = context.req.param('id') ?? '';
    const object = this.#shelf.get(id);
    if (object === undefined) return problem(context, 404, `Resource not found - ${id}`);
    return context.json(describe(id, object.bytes));
  }

  #refuse(context: Context, parameters: Parameters): Response | undefined {
    const { apiKey, apiSecret } = this.#account;
    if (parameters['api_key'] !== apiKey) return problem(context, 401, 'Unknown API key');
    if (!isSigned(parameters, apiSecret)) return problem(context, 401, 'Invalid Signature');
    const age = Date.now() / 1000 - Number(parameters['timestamp']);
    if (!(age <= signatureSeconds)) return problem(context, 400, 'Stale request');
    return parameters['type'] === 'authenticated' ? undefined : problem(context, 400, 'Invalid type');
  }
}

function textsOf(form: Readonly<Record<string, unknown>>): Parameters {
  const texts = Object.entries(form).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts) as Parameters;
}

/** SHA-1 or SHA-256 over the sorted parameters and the secret, as accounts are set. */
function isSigned(parameters: Parameters, secret: string): boolean {
  const given = Buffer.from(parameters['signature'] ?? '', 'hex');
  const text = Object.entries(parameters)
    .filter(([name, value]) => value !== '' && !unsigned.has(name))
    .map(([name, value]) => `${name}=${value}`.replaceAll('&', '%26'))
    .sort()
    .join('&');
  const algorithm = given.length === 20 ? 'sha1' : 'sha256';
  const expected = createHash(algorithm)
    .update(text + secret)
    .digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function describe(id: string, bytes: Uint8Array) {
  return { public_id: id, resource_type: 'raw', type: 'authenticated', bytes: bytes.length };
}

function problem(context: Context, status: 400 | 401 | 404, message: string): Response {
  return context.json({ error: { message } }, status);
}

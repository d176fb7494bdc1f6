import { createHash } from 'node:crypto';
import { DomainError, type Secret } from '@bank/domain';
import { objectBody } from '#adapters/storage/object-body.ts';
import type { AnnouncedUpload, PresignedUpload, StorageService } from '#adapters/storage/storage.ts';

export interface CloudinaryOptions {
  readonly baseUrl: string;
  readonly cloudName: string;
  readonly apiKey: string;
  readonly apiSecret: Secret;
  /** Within which an answer has come whole, 10,000 unless said. */
  readonly timeoutMs?: number;
}

type Parameters = Readonly<Record<string, string>>;

/** `raw` is stored as it came, and `authenticated` is shown by signed addresses alone. */
const resourceType = 'raw';
const deliveryType = 'authenticated';

/**
 * Objects of one Cloudinary account, by its documented API. Its own library keeps the account in a setting of the process and puts the
 * secret into errors, so requests are ours; tests hold our signatures against those of the library. Neither length nor digest can
 * be signed here: what came is held against them when the upload is completed.
 */
export class CloudinaryStorage implements StorageService {
  readonly provider = 'cloudinary';
  readonly #options: CloudinaryOptions;

  constructor(options: CloudinaryOptions) {
    this.#options = options;
  }

  async presignUpload({ key, expiresAt }: AnnouncedUpload): Promise<PresignedUpload> {
    // A signature holds for an hour after its timestamp; one of the past is over when the link is.
    const timestamp = String(Math.floor(expiresAt.getTime() / 1000) - signatureSeconds);
    return { method: 'POST', url: this.#apiUrl('upload'), headers: {}, fields: this.#signUpload(key, timestamp) };
  }

  async head(key: string): Promise<{ readonly sizeBytes: number } | undefined> {
    const answer = await this.#send(`${this.#accountUrl()}/resources/${resourceType}/${deliveryType}/${key}`, {
      headers: { authorization: `Basic ${this.#credentials()}` },
    });
    if (answer.status === 404) return undefined;
    const { bytes } = (await readJson(accepted(answer))) as { bytes?: unknown };
    return { sizeBytes: Number(bytes) };
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const answer = await this.#send(this.#downloadUrl(key, new Date(Date.now() + 60_000)), {});
    if (answer.status === 404) return undefined;
    const { body } = accepted(answer);
    return body === null ? undefined : objectBody('Cloudinary', body);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const form = formOf(this.#signUpload(key, now()));
    form.append('file', new Blob([new Uint8Array(bytes)]), 'file');
    await readJson(accepted(await this.#send(this.#apiUrl('upload'), { method: 'POST', body: form })));
  }

  async delete(key: string): Promise<void> {
    const signed = this.#signed({ invalidate: 'true', public_id: key, timestamp: now(), type: deliveryType });
    const answer = await this.#send(this.#apiUrl('destroy'), { method: 'POST', body: formOf(signed) });
    await readJson(accepted(answer));
  }

  #signUpload(key: string, timestamp: string): Parameters {
    return this.#signed({ overwrite: 'true', public_id: key, timestamp, type: deliveryType });
  }

  #downloadUrl(key: string, expiresAt: Date): string {
    const expires = String(Math.floor(expiresAt.getTime() / 1000));
    const asked = { attachment: 'true', expires_at: expires, public_id: key, timestamp: now(), type: deliveryType };
    return `${this.#apiUrl('download')}?${new URLSearchParams(this.#signed(asked))}`;
  }

  #signed(parameters: Parameters): Parameters {
    const { apiKey, apiSecret } = this.#options;
    return { ...parameters, api_key: apiKey, signature: cloudinarySignature(parameters, apiSecret.reveal()) };
  }

  #apiUrl(action: string): string {
    return `${this.#accountUrl()}/${resourceType}/${action}`;
  }

  #accountUrl(): string {
    return `${this.#options.baseUrl}/v1_1/${encodeURIComponent(this.#options.cloudName)}`;
  }

  #credentials(): string {
    return Buffer.from(`${this.#options.apiKey}:${this.#options.apiSecret.reveal()}`).toString('base64');
  }

  async #send(url: string, request: RequestInit): Promise<Response> {
    const { timeoutMs = 10_000 } = this.#options;
    try {
      return await fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      throw unavailable(error instanceof Error ? error.name : 'no answer');
    }
  }
}

const signatureSeconds = 3600;

/** SHA-256 over the sorted parameters and the secret; `&` in a value is escaped, so that no value becomes two parameters. */
export function cloudinarySignature(parameters: Parameters, secret: string): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`.replaceAll('&', '%26'));
  return createHash('sha256')
    .update(pairs.sort().join('&') + secret)
    .digest('hex');
}

function now(): string {
  return String(Math.floor(Date.now() / 1000));
}

function formOf(parameters: Parameters): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(parameters)) form.append(name, value);
  return form;
}

function accepted(answer: Response): Response {
  if (!answer.ok) throw unavailable(String(answer.status));
  return answer;
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    throw unavailable('an answer that is no JSON');
  }
}

function unavailable(reason: string): DomainError {
  return new DomainError('service.unavailable', { reason: `Cloudinary: ${reason}` });
}

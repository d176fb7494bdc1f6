import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { DomainError, type Secret } from '@bank/domain';
import { objectBody } from '#adapters/storage/object-body.ts';
import type { AnnouncedUpload, PresignedUpload, StorageService } from '#adapters/storage/storage.ts';

export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  /** Another than Amazon's, and then with the bucket in the path. */
  readonly endpoint?: string | undefined;
  /** Those of the machine (its role, its profile) unless said. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: Secret } | undefined;
  /** Encrypts with this key of KMS; with keys that S3 has by itself unless said. */
  readonly kmsKeyId?: string | undefined;
  /** Within which an answer begins and goes on, 10,000 unless said; a second attempt may follow. */
  readonly timeoutMs?: number;
}

/**
 * Objects of one bucket. An upload is signed with its exact length, type, SHA-256 and encryption as headers, so that S3 takes
 * nothing else (SigV4 with signed headers; the checksum is checked by S3 itself).
 */
export class S3Storage implements StorageService {
  readonly provider = 's3';
  readonly #bucket: string;
  readonly #client: S3Client;
  /** The latest end of a call with all that it reads, in milliseconds. */
  readonly #deadlineMs: number;
  readonly #encryption: { ServerSideEncryption: ServerSideEncryption; SSEKMSKeyId?: string };

  constructor({ bucket, region, endpoint, credentials, kmsKeyId, timeoutMs = 10_000 }: S3Options) {
    this.#bucket = bucket;
    this.#client = new S3Client({
      region,
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(credentials !== undefined && {
        credentials: {
          accessKeyId: credentials.accessKeyId,
          secretAccessKey: credentials.secretAccessKey.reveal(),
        },
      }),
      maxAttempts: 2,
      // By itself the SDK only warns of a request that takes longer.
      requestHandler: {
        requestTimeout: timeoutMs,
        throwOnRequestTimeout: true,
        socketTimeout: timeoutMs,
        connectionTimeout: 2000,
      },
    });
    this.#deadlineMs = 3 * timeoutMs;
    this.#encryption =
      kmsKeyId === undefined
        ? { ServerSideEncryption: 'AES256' }
        : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId };
  }

  async presignUpload({ key, contentType, sizeBytes, sha256, expiresAt }: AnnouncedUpload): Promise<PresignedUpload> {
    const checksum = Buffer.from(sha256).toString('base64');
    const { ServerSideEncryption: encryption, SSEKMSKeyId: kmsKeyId } = this.#encryption;
    const headers = {
      'content-type': contentType,
      'content-length': String(sizeBytes),
      'x-amz-checksum-sha256': checksum,
      'x-amz-server-side-encryption': encryption,
      ...(kmsKeyId !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId }),
    };
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      ContentType: contentType,
      ContentLength: sizeBytes,
      ChecksumSHA256: checksum,
      ...this.#encryption,
    });
    const names = new Set(Object.keys(headers));
    const url = await getSignedUrl(this.#client, command, {
      expiresIn: secondsUntil(expiresAt),
      // In the query they would be names of what is asked for; as headers of the request they are what S3 holds it to.
      signableHeaders: names,
      unhoistableHeaders: names,
    });
    return { method: 'PUT', url, headers };
  }

  head(key: string): Promise<{ readonly sizeBytes: number } | undefined> {
    return unlessMissing(async () => {
      const found = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }), this.#inTime());
      return { sizeBytes: found.ContentLength ?? 0 };
    });
  }

  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return unlessMissing(async () => {
      const get = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
      const { Body: body } = await this.#client.send(get, this.#inTime());
      return objectBody('S3', body as unknown as AsyncIterable<Uint8Array>);
    });
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const put = { Bucket: this.#bucket, Key: key, Body: bytes, ContentType: 'application/octet-stream' };
    const command = new PutObjectCommand({ ...put, ChecksumAlgorithm: 'SHA256', ...this.#encryption });
    await guarded(() => this.#client.send(command, this.#inTime()));
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key });
    await guarded(() => this.#client.send(command, this.#inTime()));
  }

  #inTime(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.#deadlineMs) };
  }
}

function secondsUntil(moment: Date): number {
  return Math.max(1, Math.floor((moment.getTime() - Date.now()) / 1000));
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw unavailable(error);
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
}

/** Without the error itself: it holds the request, signature included. */
function unavailable(error: unknown): DomainError {
  const name = error instanceof Error ? error.name : 'an error';
  return new DomainError('service.unavailable', { reason: `S3: ${name}` });
}

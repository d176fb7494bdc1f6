import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@bank/domain';
import { sameBytes } from '@bank/security';
import type { LinkProof, LinkSigner } from '#adapters/links/link-signer.ts';
import { objectBody } from '#adapters/storage/object-body.ts';
import {
  type AnnouncedUpload,
  objectKeyPattern,
  type PresignedUpload,
  type StorageService,
} from '#adapters/storage/storage.ts';

/** What the address of a signed upload says, all of it under the signature. */
export interface UploadTerms extends LinkProof {
  readonly key: string;
  readonly contentType: string;
  readonly sizeBytes: string;
  readonly sha256: string;
}

export interface LocalStorageOptions {
  /** A folder of the app's own that is served by nothing; all replicas have the same. */
  readonly folder: string;
  /** Where clients reach the API. */
  readonly baseUrl: string;
  readonly signer: LinkSigner;
}

const staleMs = 3_600_000;

/** Objects as files of a folder. What others take at a storage of their own, the app takes by a route: signed addresses lead to it. */
export class LocalStorage implements StorageService {
  readonly provider = 'local';
  readonly #options: LocalStorageOptions;

  constructor(options: LocalStorageOptions) {
    this.#options = options;
  }

  async presignUpload({ key, contentType, sizeBytes, sha256, expiresAt }: AnnouncedUpload): Promise<PresignedUpload> {
    const terms = { contentType, sizeBytes: String(sizeBytes), sha256: Buffer.from(sha256).toString('hex') };
    const proof = this.#options.signer.sign(uploadParts({ key, ...terms }), expiresAt);
    return { method: 'PUT', url: this.#urlOf(key, { ...terms, ...proof }), headers: { 'content-type': contentType } };
  }

  /** Whether we made that address. */
  allowsUpload(terms: UploadTerms): boolean {
    return this.#options.signer.holds(uploadParts(terms), terms);
  }

  /**
   * Keeps what comes, if it is what was announced: nothing of it is seen before its last byte was right.
   * @throws file.upload.mismatch, service.unavailable, and what the stream throws
   */
  async receive({ key, sizeBytes, sha256 }: UploadTerms, stream: AsyncIterable<Uint8Array>): Promise<void> {
    const announced = Number(sizeBytes);
    const digest = createHash('sha256');
    await this.#place(key, async (file) => {
      let total = 0;
      for await (const chunk of stream) {
        total += chunk.byteLength;
        if (total > announced) throw mismatch('size');
        digest.update(chunk);
        await guarded(() => file.writeFile(chunk));
      }
      if (total !== announced) throw mismatch('size');
      if (!sameBytes(digest.digest(), Buffer.from(sha256, 'hex'))) throw mismatch('sha256');
    });
  }

  head(key: string): Promise<{ readonly sizeBytes: number } | undefined> {
    return unlessMissing(async () => ({ sizeBytes: (await stat(this.#pathOf(key))).size }));
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const file = await unlessMissing(() => open(this.#pathOf(key)));
    return file === undefined ? undefined : objectBody('the folder of files', createReadStream('', { fd: file }));
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#place(key, (file) => guarded(() => file.writeFile(bytes)));
  }

  delete(key: string): Promise<void> {
    return guarded(() => rm(this.#pathOf(key), { force: true }));
  }

  /** Removes what processes that died had begun to write. */
  async tidy(now: Date): Promise<number> {
    const folder = this.#begunFolder();
    const names = (await unlessMissing(() => readdir(folder))) ?? [];
    let removed = 0;
    for (const name of names) {
      const found = await unlessMissing(() => stat(join(folder, name)));
      if (found === undefined || now.getTime() - found.mtimeMs < staleMs) continue;
      await guarded(() => rm(join(folder, name), { force: true }));
      removed += 1;
    }
    return removed;
  }

  /** An object is there as a whole or not at all, also after the machine has lost its power. */
  async #place(key: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    const path = this.#pathOf(key);
    const begun = join(this.#begunFolder(), randomUUID());
    await guarded(async () => {
      await mkdir(this.#begunFolder(), { recursive: true, mode: 0o700 });
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    });
    const file = await guarded(() => open(begun, 'wx', 0o600));
    try {
      try {
        await fill(file);
        await guarded(() => file.sync());
      } finally {
        await file.close();
      }
      await guarded(() => rename(begun, path));
    } catch (error) {
      await rm(begun, { force: true });
      throw error;
    }
    await guarded(() => syncFolder(join(path, '..')));
  }

  #pathOf(key: string): string {
    if (!objectKeyPattern.test(key)) throw new TypeError('not the name of an object');
    return join(this.#options.folder, key.slice(key.indexOf('-') + 1).slice(0, 2), key);
  }

  #begunFolder(): string {
    return join(this.#options.folder, 'begun');
  }

  #urlOf(key: string, query: Readonly<Record<string, string>>): string {
    return `${this.#options.baseUrl}/v1/files/objects/${key}?${new URLSearchParams(query)}`;
  }
}

function uploadParts({ key, contentType, sizeBytes, sha256 }: Omit<UploadTerms, keyof LinkProof>): readonly string[] {
  return ['PUT', key, contentType, sizeBytes, sha256];
}

function mismatch(path: 'size' | 'sha256'): DomainError {
  return new DomainError('file.upload.mismatch', { details: { errors: [{ path, rule: 'as_announced' }] } });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unavailable(error);
  }
}

/** A disk that is full or gone. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): DomainError {
  return new DomainError('service.unavailable', { reason: 'the folder of files fails', cause });
}

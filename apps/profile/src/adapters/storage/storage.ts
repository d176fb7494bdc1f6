/** Names of objects: random, so that no name tells of a file or a person, and one class a prefix for rules of a bucket. */
export const objectKeyPattern = /^(upload|file)-[0-9a-f]{40}$/;

/** An upload that a link is to allow: exactly this, and nothing else. */
export interface AnnouncedUpload {
  readonly key: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  readonly expiresAt: Date;
}

/** A request that a client makes by itself. With `fields` it is a form (multipart/form-data) whose last part is `file`. */
export interface PresignedUpload {
  readonly method: 'PUT' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

export const providers = ['local', 's3', 'cloudinary'] as const;
export type Provider = (typeof providers)[number];

/**
 * Where objects lie: private, by random names. All but the one that presigns are calls to the outside.
 * @throws service.unavailable when the storage is away or fails
 */
export interface StorageService {
  readonly provider: Provider;
  /** A link by which whoever has it sends that one object. */
  presignUpload(upload: AnnouncedUpload): Promise<PresignedUpload>;
  /** How large the object is; undefined when there is none. */
  head(key: string): Promise<{ readonly sizeBytes: number } | undefined>;
  /** The bytes of the object as they come; undefined when there is none. */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Also when there is none. */
  delete(key: string): Promise<void>;
}

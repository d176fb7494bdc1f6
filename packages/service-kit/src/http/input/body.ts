import { DomainError } from '@bank/domain';

/** Where the bytes come from: a Node request, or the body of a `Request` in tests. */
export type ByteSource = AsyncIterable<Uint8Array>;

const noBytes = new Uint8Array();

/** What a request without a body is read from. */
export const noSource: ByteSource = Object.freeze({ async *[Symbol.asyncIterator]() {} });

/**
 * Reads a body whole, and no more of it than the limit.
 * @throws request.too_large, request.malformed when the client stops in the middle
 */
export async function readBytes(source: ByteSource, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limited(source, limitBytes)) {
    chunks.push(chunk);
  }
  if (chunks.length <= 1) {
    return chunks[0] ?? noBytes;
  }
  return Buffer.concat(chunks);
}

/**
 * Passes a body on, and no more of it than the limit: with or without `Content-Length`, since a chunked body says
 * nothing about its size beforehand (SR-78).
 * @throws request.too_large, request.malformed when the client stops in the middle
 */
export async function* limited(source: ByteSource, limitBytes: number): AsyncGenerator<Uint8Array, void> {
  let total = 0;
  try {
    for await (const chunk of source) {
      total += chunk.byteLength;
      if (total > limitBytes) {
        throw new DomainError('request.too_large');
      }
      yield chunk;
    }
  } catch (error) {
    throw error instanceof DomainError ? error : truncated(error);
  }
}

function truncated(cause: unknown): DomainError {
  return new DomainError('request.malformed', {
    reason: 'the body ended early',
    details: { errors: [{ path: '', rule: 'truncated' }] },
    cause,
  });
}

/**
 * Whether a declared length is already too much, before a byte is read.
 * @throws request.too_large
 */
export function refuseDeclaredLength(contentLength: string | undefined, limitBytes: number): void {
  if (contentLength !== undefined && Number(contentLength) > limitBytes) {
    throw new DomainError('request.too_large');
  }
}

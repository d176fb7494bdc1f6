import { DomainError } from '@bank/domain';

/** The bytes of an object as they come. One that breaks off or stalls says so as its storage does. @throws service.unavailable */
export async function* objectBody(storage: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    // Without the error itself: it may hold the request, signature included.
    const name = error instanceof Error ? error.name : 'an error';
    throw new DomainError('service.unavailable', { reason: `${storage}: ${name} while an object was read` });
  }
}

import { audiences, DomainError } from '@bank/domain';
import type { AccessClaims } from '@bank/verifier';

/** The gateway says by which listener a request came; it lets no client say so (SR-17). */
const listenerHeader = 'x-bank-listener';

/** What is for the console, whose pages are at the listener of staff alone. */
const ofStaff: ReadonlySet<string> = new Set([audiences.staff, audiences.enrolment]);

/** One of the gateway's two listeners. */
export type Listener = 'public' | 'staff';

/** By which of the gateway's listeners a request came: the public one, unless the gateway says that of staff. */
export function listenerOf(request: { header(name: string): string | undefined }): Listener {
  return request.header(listenerHeader) === 'staff' ? 'staff' : 'public';
}

/**
 * Refuses a token of staff, or of their enrolment, anywhere but at the listener of staff: a network that only staff reach is
 * worth nothing where what was stolen from it works outside (SR-72). @throws auth.token.invalid
 */
export function checkListener({ aud }: AccessClaims, listener: Listener): void {
  if (ofStaff.has(aud) && listener !== 'staff') {
    throw new DomainError('auth.token.invalid', { reason: 'a token of staff at the public listener' });
  }
}

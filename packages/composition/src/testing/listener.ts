import { audiences } from '@bank/domain';

/** What the gateway says of a request with this token: staff ask by the listener of staff, everybody else by the public one. */
export function listenerFor(token: string): { readonly 'x-bank-listener': 'public' | 'staff' } {
  return {
    'x-bank-listener': [audiences.staff, audiences.enrolment].some((aud) => aud === audienceOf(token))
      ? 'staff'
      : 'public',
  };
}

/** Whom a token is for; undefined for what is none. */
function audienceOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).aud;
  } catch {
    return undefined;
  }
}

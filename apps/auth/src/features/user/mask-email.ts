import type { Email } from '@bank/domain';

/** An address as a hint to its owner: first letter and domain. */
export function maskEmail(email: Email): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = email;
  return `${first}***${email.slice(at)}`;
}

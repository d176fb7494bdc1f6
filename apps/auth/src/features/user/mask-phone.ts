import type { PhoneNumber } from '@bank/domain';

const shownAtEnd = 2;

/** A number as a hint to who knows it: its last two digits. */
export function maskPhone(phone: PhoneNumber): string {
  return `+***${phone.slice(-shownAtEnd)}`;
}

import type { ErrorEntry } from '#errors/kind.ts';
import { notFoundMessage } from '#errors/kind.ts';

/** Accounts that users have elsewhere, and those who are asked about them. */
export const accountErrors = {
  'bank_account.not_found': { kind: 'not_found', message: notFoundMessage },
  'bank_account.not_confirmed': {
    kind: 'invalid',
    message: 'The bank does not confirm that this account is yours: check the number, the bank and your legal name.',
  },
  'bank_account.linked_already': { kind: 'conflict', message: 'You have linked this account already.' },
  'bank_account.limit_reached': { kind: 'conflict', message: 'You have linked as many accounts as there can be.' },
  'bank_account.name_missing': { kind: 'conflict', message: 'Give your legal name first.' },
  'biller_account.not_found': { kind: 'not_found', message: notFoundMessage },
  'biller_account.not_confirmed': {
    kind: 'invalid',
    message: 'The biller does not know this customer number: check it, and what it is for.',
  },
  'biller_account.linked_already': { kind: 'conflict', message: 'You have linked this account already.' },
  'biller_account.limit_reached': { kind: 'conflict', message: 'You have linked as many accounts as there can be.' },
  'lookup.unavailable': {
    kind: 'unavailable',
    message: 'Nobody can be asked about this account now; try again later.',
  },
} as const satisfies Record<string, ErrorEntry>;

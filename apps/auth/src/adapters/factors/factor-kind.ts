import type { FactorKind } from '@bank/domain';

/** What nobody has said anything of that counts: it raises nothing, and does nothing for staff. */
export const unknownKind: FactorKind = {
  name: 'unknown',
  methods: ['otp'],
  raises: false,
  isSent: false,
  staffWorth: 0,
};

/** What a user has proved themselves by: a factor of that kind, or a recovery code in place of any. */
export type ProvedBy = FactorKind | 'recovery_code';

/** How the log, and what is kept, calls it. */
export function nameOf(by: ProvedBy): string {
  return typeof by === 'string' ? by : by.name;
}

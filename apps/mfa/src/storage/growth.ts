import { declareGrowth } from '@bank/database';

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('mfa', {
  trimmed: {
    challenges: { by: 'expires_at' },
    webauthn_challenges: { by: 'expires_at' },
    // Begun and not confirmed; the others stay until they are removed.
    factors: { by: 'expires_at', where: 'r.confirmed_at is null' },
  },
  bounded: {
    subjects: 'one row a user',
    sent_codes: 'four rows a user at most',
    totp_factors: 'goes with its factor',
    webauthn_credentials: 'goes with its factor',
    recovery_codes: 'ten rows a user at most',
    approvals_consumed: 'one row an act that two people decided: evidence',
  },
});

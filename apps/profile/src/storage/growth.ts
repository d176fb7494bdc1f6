import { declareGrowth } from '@bank/database';

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('profile', {
  trimmed: { change_requests: { by: 'closed_at', keepDays: 365 }, files: { by: 'expires_at', byChore: true } },
  bounded: {
    profiles: 'one row a user',
    settings: 'one row a user',
    consents: 'one row a decision of a user: evidence',
  },
});

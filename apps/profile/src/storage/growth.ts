import { declareGrowth } from '@bank/database';

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('profile', {
  trimmed: { change_requests: { by: 'closed_at', keepDays: 365 }, files: { by: 'expires_at', byChore: true } },
  bounded: {
    profiles: 'one row a user',
    settings: 'one row a user',
    consents: 'one row a decision of a user: evidence',
    bank_accounts: 'ten rows a user at most',
    bank_account_digests: 'one row an account and key',
    biller_accounts: 'twenty rows a user at most',
    biller_account_digests: 'one row an account and key',
    search_tokens: 'what the names of a user are found by',
  },
});

import { declareGrowth } from '@bank/database';

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('profile', {
  trimmed: {
    change_requests: { by: 'closed_at', keepDays: 365 },
    files: { by: 'expires_at', byChore: true },
    // Longer than a call is believed.
    kyc_callbacks: { by: 'received_at', keepDays: 1 },
    // Begun and never uploaded; the others stay as long as their case.
    kyc_documents: { by: 'created_at', keepDays: 7, where: "r.state = 'begun'" },
  },
  bounded: {
    profiles: 'one row a user',
    settings: 'one row a user',
    consents: 'one row a decision of a user: evidence',
    bank_accounts: 'ten rows a user at most',
    bank_account_digests: 'one row an account and key',
    biller_accounts: 'twenty rows a user at most',
    biller_account_digests: 'one row an account and key',
    search_tokens: 'what the names of a user are found by',
    kyc_standings: 'one row a user',
    kyc_cases: 'one row each time a user asks for a tier, one open at a time: evidence',
    kyc_submissions: 'one row each time a case is handed in, twenty a day at most',
    approvals_consumed: 'one row an act that two people decided: evidence',
  },
});

import { declareGrowth } from '@bank/database';

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('auth', {
  trimmed: {
    registrations: { by: 'expires_at', byChore: true },
    activations: { by: 'expires_at', byChore: true },
    address_failures: { by: 'day', keepDays: 2 },
    sign_ins: { by: 'expires_at' },
    passkey_sign_ins: { by: 'expires_at' },
    step_up_codes: { by: 'expires_at' },
    transactions: { by: 'expires_at' },
    password_resets: { by: 'expires_at' },
    contact_changes: { by: 'expires_at' },
    email_reversions: { by: 'expires_at' },
    recoveries: { by: 'expires_at' },
    lockouts: { by: 'updated_at', keepDays: 1 },
    // One that has no number yet was not published.
    revocations: { by: 'expires_at', where: 'r.number is not null' },
    deliveries: { by: 'settled_at', keepDays: 90, where: "r.state <> 'pending'" },
    callbacks: { by: 'received_at', keepDays: 1 },
    sessions: { by: 'absolute_expires_at', keepDays: 30 },
    // The newest number stays, so that whoever has heard of it can go on from there. So does what has none: forgotten unnumbered,
    // it would leave no gap by which they notice that they missed it.
    user_changes: {
      by: 'changed_at',
      keepDays: 30,
      where: "r.number <> (select number from auth.user_change_counter where name = 'users')",
    },
  },
  partitioned: { refresh_tokens: 'one row a renewal' },
  bounded: {
    users: 'one row a user',
    identifiers: 'as many rows as a user has addresses',
    credentials: 'one row a user',
    terms_acceptances: 'one row a version of the terms that a user accepted',
    password_history: 'five rows a user at most',
    imported_users: 'one row an imported user',
    devices: 'as many rows as a user has devices, which `device` limits',
    clients: 'one row a client',
    signing_keys: 'one row a key: those that are spent go with a rotation',
    revocation_lease: 'one row',
    user_change_counter: 'one row',
    approvals_consumed: 'one row an act that two people decided: evidence',
  },
});

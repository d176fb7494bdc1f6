import { declareGrowth } from '@bank/database';

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('admin', {
  trimmed: { unmaskings: { by: 'expires_at' } },
  partitioned: { ledger_entries: 'the ledger, which is kept for good' },
  bounded: {
    users: 'one row a user',
    approvals: 'one row an act that needs two people: evidence',
    staff_notes: 'one row an act of staff: evidence',
    ledger_checkpoints: 'one row a minute in which anything was entered',
    ledger_heads: 'one row a shard',
    ledger_signer: 'one row',
    ledger_forwarder: 'one row',
    ledger_forwarding: 'one row a shard',
    ledger_verification: 'one row',
  },
});

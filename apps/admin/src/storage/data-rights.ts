import { declareDataRights } from '@bank/database';

/** What this app keeps about people: what they are given of it, and what becomes of it when they are erased. */
export const dataRights = declareDataRights('admin', {
  personal: {
    ledger_entries: {
      whose: 'subject = ?',
      exported: { key: 'id', columns: { action: 'action', outcome: 'outcome', occurredAt: 'occurred_at' } },
      erased: { kept: 'law makes a bank keep its audit ledger, and nobody can change it; ids and codes only' },
    },
    approvals: {
      whose: '? in (user_id, maker_id, checker_id)',
      exported: { withheld: 'what staff asked of each other; the ledger has what came of it' },
      erased: { kept: 'who asked and who decided is evidence that law makes a bank keep; ids and codes only' },
    },
    staff_notes: {
      exported: { key: 'id', columns: { action: 'action', createdAt: 'created_at' } },
      erased: {
        kept: 'why staff acted on an account is evidence that law makes a bank keep; the words under the retained key',
      },
    },
    unmaskings: {
      whose: '? in (user_id, staff_id)',
      exported: { withheld: 'what staff may look at, for a quarter of an hour' },
      erased: 'deleted',
    },
    users: {
      exported: { withheld: 'a copy of status and roles, which auth exports' },
      erased: { kept: 'status, roles and the id alone: it says that the user is erased' },
    },
  },
  impersonal: {
    ledger_heads: 'the ends of the shards of the ledger',
    ledger_checkpoints: 'hashes of ledger entries, signed',
    ledger_signer: 'the process that signs',
    ledger_verification: 'how far the ledger was verified',
    ledger_forwarding: 'how far the ledger was forwarded',
    ledger_forwarder: 'the process that forwards',
  },
});

import { consumedApprovals, declareDataRights } from '@bank/database';
import { dataRights as ofKinds } from '#factor-types/gen/storage/parts.gen.ts';
import { joined } from '#storage/kind-storage.ts';

/** What this app keeps about people: what they are given of it, and what becomes of it when they are erased. */
export const dataRights = declareDataRights('mfa', {
  personal: {
    // First, since they refer to the others.
    ...joined(ofKinds.map(({ personal = {} }) => personal)),
    challenges: { exported: { withheld: 'questions that are gone within minutes' }, erased: 'deleted' },
    factors: {
      exported: {
        key: 'id',
        columns: {
          id: 'id',
          type: 'type',
          createdAt: 'created_at',
          confirmedAt: 'confirmed_at',
          lastUsedAt: 'last_used_at',
        },
        sealed: [{ column: 'label', group: ({ key }) => `label:${key}` }],
      },
      erased: 'deleted',
    },
    approvals_consumed: consumedApprovals,
    subjects: {
      exported: {
        key: 'user_id',
        columns: {
          activatedAt: 'activated_at',
          blockedUntil: 'blocked_until',
          sessionsBlockedUntil: 'session_blocked_until',
        },
      },
      erased: 'deleted',
    },
  },
  impersonal: joined(ofKinds.map(({ impersonal = {} }) => impersonal)),
});

import { consumedApprovals, declareDataRights } from '@bank/database';

/** What this app keeps about people: what they are given of it, and what becomes of it when they are erased. */
export const dataRights = declareDataRights('mfa', {
  personal: {
    recovery_codes: { exported: { withheld: 'hashes of secrets' }, erased: 'deleted' },
    sent_codes: { exported: { withheld: 'hashes of codes that are gone within minutes' }, erased: 'deleted' },
    challenges: { exported: { withheld: 'questions that are gone within minutes' }, erased: 'deleted' },
    totp_factors: {
      whose: 'factor_id in (select id from mfa.factors where user_id = ?)',
      exported: { withheld: 'secrets' },
      erased: 'deleted',
    },
    webauthn_challenges: { exported: { withheld: 'questions that are gone within minutes' }, erased: 'deleted' },
    webauthn_credentials: {
      whose: 'factor_id in (select id from mfa.factors where user_id = ?)',
      exported: {
        key: 'factor_id',
        columns: {
          factorId: 'factor_id',
          model: 'aaguid',
          transports: 'transports',
          canBeBackedUp: 'is_backup_eligible',
          isBackedUp: 'is_backed_up',
        },
      },
      erased: 'deleted',
    },
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
  impersonal: {},
});

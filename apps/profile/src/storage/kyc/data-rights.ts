import type { PersonalTable } from '@bank/database';
import { documentGroupOf } from '#storage/kyc/kyc-document.repository.ts';

const law = 'law makes a bank keep how it came to know who its customer was';

/** What KYC keeps about people. */
export const kycDataRights = {
  // What refers to cases before them.
  kyc_submissions: {
    exported: { withheld: 'hand-overs to the provider: ids and times of what the cases tell' },
    erased: 'deleted',
  },
  kyc_documents: {
    exported: {
      key: 'id',
      columns: { kind: 'kind', side: 'side', country: 'country', state: 'state', uploadedAt: 'uploaded_at' },
      sealed: [{ column: 'particulars', group: ({ key }) => documentGroupOf(key), keyClass: 'retained' }],
    },
    erased: {
      kept: `${law}; numbers and pictures are sealed under the retained key. Those of a case that was never handed in, which nobody has examined, are deleted`,
    },
  },
  kyc_cases: {
    exported: {
      key: 'id',
      columns: {
        tier: 'tier',
        status: 'status',
        attempt: 'attempt',
        reasons: 'reasons',
        createdAt: 'created_at',
        submittedAt: 'submitted_at',
        movedAt: 'moved_at',
      },
    },
    erased: { kept: `${law}: codes and times` },
  },
  kyc_standings: {
    exported: { key: 'user_id', columns: { tier: 'tier', validUntil: 'valid_until', updatedAt: 'updated_at' } },
    erased: { kept: `${law}: the tier that they held` },
  },
} as const satisfies Readonly<Record<string, PersonalTable>>;

import { consumedApprovals, declareDataRights } from '@bank/database';
import { proposalGroup } from '#storage/change-request.entity.ts';
import { kycDataRights } from '#storage/kyc/data-rights.ts';
import { linkedAccounts } from '#storage/linked-accounts/data-rights.ts';
import { groupNames, groupsUnder, profileGroups } from '#storage/profile-groups.ts';
import { choiceColumns } from '#storage/settings.entity.ts';

const retainedBecause = groupsUnder('retained').map((name) => `${profileGroups[name].because} (${name})`);

/** What this app keeps about people: what they are given of it, and what becomes of it when they are erased. */
export const dataRights = declareDataRights('profile', {
  personal: {
    settings: {
      exported: { key: 'user_id', columns: { ...choiceColumns, createdAt: 'created_at', updatedAt: 'updated_at' } },
      erased: 'deleted',
    },
    consents: {
      exported: {
        key: 'id',
        columns: {
          purpose: 'purpose',
          version: 'text_version',
          decision: 'decision',
          deviceId: 'device_id',
          sessionId: 'session_id',
          recordedAt: 'recorded_at',
        },
      },
      erased: { kept: 'whoever relies on a consent must be able to show it; ids, versions and times only' },
    },
    ...linkedAccounts,
    profiles: {
      exported: {
        key: 'user_id',
        columns: { createdAt: 'created_at', updatedAt: 'updated_at', identityLockedAt: 'identity_locked_at' },
        sealed: groupNames.map((name) => ({ column: name, group: name, keyClass: profileGroups[name].keyClass })),
      },
      erased: {
        cleared: groupsUnder('erasable'),
        because: `${retainedBecause.join('; ')}, under the retained key`,
      },
    },
    change_requests: {
      exported: {
        key: 'id',
        columns: {
          status: 'status',
          fields: 'fields',
          createdAt: 'created_at',
          closedAt: 'closed_at',
          rejection: 'rejection',
        },
        sealed: [{ column: 'proposal', group: ({ key }) => proposalGroup(String(key)) }],
      },
      erased: 'deleted',
    },
    files: {
      whose: "user_id = ? and status = 'stored'",
      exported: {
        key: 'id',
        columns: {
          fileId: 'id',
          purpose: 'purpose',
          contentType: 'content_type',
          sizeBytes: 'size_bytes',
          createdAt: 'created_at',
        },
      },
      erased: {
        kept:
          'law makes a bank keep the documents it knew its customer by, sealed under the retained key; every other file is let ' +
          'go in the same transaction, unreadable without the erasable key, and is removed with its objects within the hour',
      },
    },
    search_tokens: {
      whose: 'owner_id = ?',
      exported: { withheld: 'keyed digests of the names and the date of birth, which profile.profiles has' },
      erased: 'deleted',
    },
    ...kycDataRights,
    approvals_consumed: consumedApprovals,
  },
  impersonal: { kyc_callbacks: 'digests of calls that were taken' },
});

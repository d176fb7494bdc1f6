import { declareDataRights } from '@bank/database';
import { choiceColumns } from '#storage/settings.entity.ts';

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
    profiles: {
      exported: {
        key: 'user_id',
        columns: { createdAt: 'created_at', updatedAt: 'updated_at' },
        sealed: [
          { column: 'identity', group: 'identity', keyClass: 'retained' },
          { column: 'particulars', group: 'particulars' },
        ],
      },
      erased: {
        cleared: ['particulars'],
        because:
          'law makes a bank keep who its customer was (names, date of birth, nationality), under the retained key',
      },
    },
  },
  impersonal: {},
});

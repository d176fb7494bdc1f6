import { declareDataRights } from '@bank/database';

/** What this app keeps about people: what they are given of it, and what becomes of it when they are erased. */
export const dataRights = declareDataRights('profile', {
  personal: {
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

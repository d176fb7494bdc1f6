import { declareGrowth } from '@bank/database';
import { growth as ofKinds } from '#factor-types/gen/storage/parts.gen.ts';
import { joined } from '#storage/kind-storage.ts';

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('mfa', {
  trimmed: {
    ...joined(ofKinds.map(({ trimmed = {} }) => trimmed)),
    challenges: { by: 'expires_at' },
    // Begun and not confirmed; the others stay until they are removed.
    factors: { by: 'expires_at', where: 'r.confirmed_at is null' },
  },
  partitioned: joined(ofKinds.map(({ partitioned = {} }) => partitioned)),
  bounded: {
    ...joined(ofKinds.map(({ bounded = {} }) => bounded)),
    subjects: 'one row a user',
    approvals_consumed: 'one row an act that two people decided: evidence',
  },
});

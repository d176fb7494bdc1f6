import { declareGrowth } from '@bank/database';

/** As long as the history tells of a device. */
const keepWeeks = 60;

/** What keeps the tables of this app from growing for good. */
export const growth = declareGrowth('device', {
  trimmed: {
    key_challenges: { by: 'expires_at' },
    // The newest stays, removed or not: by it the next is known not to be the first.
    devices: {
      by: 'removed_at',
      keepDays: keepWeeks * 7,
      where: 'exists (select from device.devices newer where newer.user_id = r.user_id and newer.id > r.id)',
    },
  },
  partitioned: { sign_ins: 'one row an attempt' },
  bounded: { device_keys: 'one row a device, of which a user has twenty at most' },
});

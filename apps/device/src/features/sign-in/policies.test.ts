import { expect, test } from 'vitest';
import { assessAttempt, standingOf } from './policies.ts';

const at = new Date('2026-11-01T00:00:00Z');

test.each([
  ['trusted', 'allow', 0, []],
  ['known', 'allow', 5, ['device.untrusted']],
  ['unknown', 'allow', 20, ['device.unknown']],
  ['removed', 'challenge', 60, ['device.removed']],
] as const)('an attempt on a device that is %s: %s, with its score and why', (device, verdict, score, reasons) => {
  expect(assessAttempt({ device })).toEqual({ verdict, score, reasons });
});

test.each([
  ['nothing recorded yet', undefined, 'known'],
  ['an ordinary device', { removedAt: null, trustedAt: null }, 'known'],
  ['a trusted one', { removedAt: null, trustedAt: at }, 'trusted'],
  ['a removed one, whatever it was before', { removedAt: at, trustedAt: at }, 'removed'],
] as const)('%s', (_what, record, standing) => {
  expect(standingOf(record)).toBe(standing);
});

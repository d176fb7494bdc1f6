import { expect, test } from 'vitest';
import { assessAttempt } from './policies.ts';

const deviceId = '019aa000-0000-7000-8000-000000000001';

test('a known device has nothing against it', () => {
  expect(assessAttempt({ knownDeviceId: deviceId, isRemoved: false })).toEqual({
    verdict: 'allow',
    score: 0,
    reasons: [],
  });
});

test('an unknown device is allowed and says why it scored', () => {
  expect(assessAttempt({ knownDeviceId: undefined, isRemoved: false })).toEqual({
    verdict: 'allow',
    score: 20,
    reasons: ['device.unknown'],
  });
});

test('a removed device needs more proof than the password', () => {
  expect(assessAttempt({ knownDeviceId: deviceId, isRemoved: true }).verdict).toBe('challenge');
});

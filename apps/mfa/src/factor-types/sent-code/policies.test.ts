import { expect, test } from 'vitest';
import { nextCodeFrom, sendsAfter, waitSeconds } from './policies.ts';

const sentAt = new Date('2026-12-01T12:00:00Z');
const later = (seconds: number) => new Date(sentAt.getTime() + seconds * 1000);

test('SR-18: the wait doubles from half a minute to a day, and one that was used asks for none', () => {
  expect([0, 1, 2, 3, 8, 12, 13, 500].map(waitSeconds)).toEqual([0, 30, 60, 120, 3840, 61_440, 86_400, 86_400]);
});

test('SR-25: a day of asking gets twelve codes', () => {
  let [sends, at] = [0, 0];
  while (at < 86_400) {
    sends += 1;
    at += waitSeconds(sends);
  }
  expect(sends).toBe(12);
});

test('the next code is sent to the second', () => {
  const last = { sends: 2, sentAt };
  expect(nextCodeFrom(undefined, sentAt)).toBeUndefined();
  expect(nextCodeFrom(last, later(59.999))).toEqual(later(60));
  expect(nextCodeFrom(last, later(60))).toBeUndefined();
});

test('a day without a code begins anew', () => {
  expect(sendsAfter(undefined, sentAt)).toBe(1);
  expect(sendsAfter({ sends: 5, sentAt }, later(86_399))).toBe(6);
  expect(sendsAfter({ sends: 5, sentAt }, later(86_400))).toBe(1);
});

import { expect, test } from 'vitest';
import { afterFailure, afterSuccess, blockedUntil } from './policies.ts';

const now = new Date('2026-12-01T12:00:00Z');

function failing(times: number) {
  let record = afterSuccess;
  for (let failure = 0; failure < times; failure += 1) record = afterFailure(record, now);
  return record;
}

test('SR-25: nine wrong answers in a row block nothing, the tenth does', () => {
  expect(blockedUntil(failing(9), now)).toBeUndefined();
  expect(blockedUntil(failing(10), now)).toEqual(new Date('2026-12-01T12:15:00Z'));
});

test('after a block each further failure blocks again, for longer, and at most for a day', () => {
  expect(blockedUntil(failing(11), now)).toEqual(new Date('2026-12-01T12:30:00Z'));
  expect(blockedUntil(failing(40), now)).toEqual(new Date('2026-12-02T12:00:00Z'));
});

test('a block ends', () => {
  expect(blockedUntil(failing(10), new Date('2026-12-01T12:15:00Z'))).toBeUndefined();
});

import { expect, test } from 'vitest';
import { isCheckpointDue } from '#features/checkpoint/policies.ts';

const now = new Date('2026-11-23T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

test.each([
  ['nothing was recorded', { entries: 0, lastSignedAt: ago(3600) }, false],
  ['there is a first entry', { entries: 1, lastSignedAt: undefined }, true],
  ['a minute has passed', { entries: 1, lastSignedAt: ago(60) }, true],
  ['less than a minute has passed', { entries: 999, lastSignedAt: ago(59) }, false],
  ['the last one is of a time that has not come', { entries: 1, lastSignedAt: ago(-1) }, true],
  ['there are 1,000 entries', { entries: 1000, lastSignedAt: ago(1) }, true],
])('a checkpoint when %s: %j gives %s', (_case, unsigned, due) => {
  expect(isCheckpointDue(unsigned, now, 60_000)).toBe(due);
});

import { expect, test } from 'vitest';
import { checkCriteria } from './policies.ts';

const from = new Date('2026-10-01T00:00:00Z');
const after = (days: number) => new Date(from.getTime() + days * 86_400_000);

test.each([
  [{ subject: 'u1' }],
  [{ actorId: 'u1' }],
  [{ subject: 'u1', from }],
  [{ subject: 'u1', from, to: after(400) }],
  [{ from, to: from }],
  [{ from, to: after(31) }],
])('%o is a search', (criteria) => {
  expect(() => checkCriteria(criteria)).not.toThrow();
});

test.each([
  [{}],
  [{ action: 'profile.read' }],
  [{ from }],
  [{ to: from }],
  [{ from, to: after(31.001) }],
  [{ from, to: after(-1) }],
  [{ subject: 'u1', from, to: after(-1) }],
])('%o is none', (criteria) => {
  expect(() => checkCriteria(criteria)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

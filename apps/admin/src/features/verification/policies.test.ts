import { describe, expect, test } from 'vitest';
import { isVerificationDue, placeAfter } from '#features/verification/policies.ts';

const now = new Date('2026-12-03T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

test.each([
  [null, true],
  [ago(60), true],
  [ago(59), false],
  [ago(-1), true],
])('looked at %s: due is %s', (checkedAt, due) => {
  expect(isVerificationDue({ checkedAt }, now)).toBe(due);
});

describe('the place afterwards', () => {
  const place = {
    checkedAt: ago(60),
    verifiedCheckpoint: 10,
    verifiedAt: ago(60),
    sweptCheckpoint: 4,
    sweepBeganAt: ago(600),
    sweptSince: ago(9000),
    problems: 0,
  };
  const problem = { rule: 'body_hash', message: 'its hash is not that of its body' } as const;
  const stretch = { problems: [], entries: 5, upTo: 12, atEnd: true };
  const after = (findings: object) =>
    placeAfter(place, { fresh: stretch, swept: { ...stretch, upTo: 6, atEnd: false }, others: 0, ...findings }, now);

  test('moves on with both', () => {
    expect(after({})).toEqual({
      ...place,
      checkedAt: now,
      verifiedCheckpoint: 12,
      verifiedAt: now,
      sweptCheckpoint: 6,
    });
  });

  test('is not current, and due at once, while there is more', () => {
    const { checkedAt, verifiedAt, verifiedCheckpoint } = after({ fresh: { ...stretch, atEnd: false } });
    expect({ checkedAt, verifiedAt, verifiedCheckpoint }).toEqual({
      checkedAt: place.checkedAt,
      verifiedAt: place.verifiedAt,
      verifiedCheckpoint: 12,
    });
  });

  test('begins the sweep anew at its end', () => {
    expect(after({ swept: stretch })).toMatchObject({
      sweptCheckpoint: 0,
      sweptSince: place.sweepBeganAt,
      sweepBeganAt: now,
    });
  });

  test('stays before a problem of what is new', () => {
    const { verifiedCheckpoint, verifiedAt, problems } = after({ fresh: { ...stretch, problems: [problem] } });
    expect({ verifiedCheckpoint, verifiedAt, problems }).toEqual({
      verifiedCheckpoint: 10,
      verifiedAt: ago(60),
      problems: 1,
    });
  });

  test('stays before a problem of the sweep', () => {
    const { sweptCheckpoint, sweptSince, problems } = after({ swept: { ...stretch, problems: [problem] } });
    expect({ sweptCheckpoint, sweptSince, problems }).toEqual({
      sweptCheckpoint: 4,
      sweptSince: place.sweptSince,
      problems: 1,
    });
  });

  test('is not current when the table lost what stands in the file', () => {
    expect(after({ others: 1 })).toMatchObject({ verifiedAt: ago(60), problems: 1 });
  });
});

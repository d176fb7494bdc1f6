import * as fc from 'fast-check';
import { safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { createIds, idFloor, timeOfId, UuidSchema, Uuidv7Schema, uuidv7 } from '#time/uuid.ts';

const timestamps = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('uuidv7', () => {
  test('is canonical and tells its millisecond (RFC 9562 §5.7)', () => {
    fc.assert(
      fc.property(timestamps, (atMs) => {
        const id = uuidv7(atMs);
        expect(safeParse(Uuidv7Schema, id).success).toBe(true);
        expect(timeOfId(id).getTime()).toBe(atMs);
      }),
    );
  });

  test('encodes the timestamp of the example in RFC 9562 appendix A.6', () => {
    expect(uuidv7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7/);
    expect(timeOfId('017f22e2-79b0-7cc3-98c4-dc0c0c07398f').toISOString()).toBe('2022-02-22T19:22:22.000Z');
  });

  test.each([-1, 2 ** 48, 1.5, Number.NaN])('refuses the timestamp %s', (atMs) => {
    expect(() => uuidv7(atMs)).toThrow(RangeError);
  });

  test('differs each time', () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuidv7(0))).size).toBe(1000);
  });
});

describe('idFloor', () => {
  test('is not above any id of its millisecond, and above every id of the one before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 48 - 1 }), (atMs) => {
        const floor = idFloor(new Date(Math.min(atMs, 8.64e15)));
        expect(floor <= uuidv7(atMs)).toBe(true);
        expect(floor > uuidv7(atMs - 1)).toBe(true);
      }),
    );
  });
});

describe('timeOfId', () => {
  test.each(['', 'x', 'f47ac10b-58cc-4372-a567-0e02b2c3d479', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F'])(
    'refuses %s',
    (id) => {
      expect(() => timeOfId(id)).toThrow(RangeError);
    },
  );
});

describe('createIds', () => {
  test('never goes backwards, whatever the clock does', () => {
    const steps = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (moves) => {
        let atMs = 1_000_000;
        const ids = createIds({ now: () => new Date(atMs) });
        const made = moves.map((move) => {
          atMs += move;
          return ids.next();
        });
        expect(made).toEqual([...made].sort());
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  test('stays in order when one millisecond needs more ids than the counter holds', () => {
    const ids = createIds({ now: () => new Date(1_000_000) });
    const made = Array.from({ length: 10_000 }, () => ids.next());
    expect(made).toEqual([...made].sort());
  });

  test('follow a clock that had been days ahead, and stay in order over one that was minutes ahead', () => {
    let atMs = 1_000_000_000;
    const ids = createIds({ now: () => new Date(atMs) });
    const timeOfNext = (moveMs: number) => {
      atMs += moveMs;
      return timeOfId(ids.next()).getTime();
    };
    expect(timeOfNext(300_000)).toBe(atMs);
    expect(timeOfNext(-300_000)).toBe(atMs + 300_000);
    expect(timeOfNext(259_200_000)).toBe(atMs);
    expect(timeOfNext(-259_200_000)).toBe(atMs);
  });
});

describe('UuidSchema', () => {
  test.each([
    ['f47ac10b-58cc-4372-a567-0e02b2c3d479', true],
    ['F47AC10B-58CC-4372-A567-0E02B2C3D479', false],
    ['f47ac10b58cc4372a5670e02b2c3d479', false],
    ['00000000-0000-0000-0000-000000000000', false],
    [' f47ac10b-58cc-4372-a567-0e02b2c3d479', false],
  ])('%s: %s', (text, accepted) => {
    expect(safeParse(UuidSchema, text).success).toBe(accepted);
  });
});

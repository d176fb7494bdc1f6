import { describe, expect, test } from 'vitest';
import { statusesByRoute, wronglyRefused } from '#faults/answers.ts';
import type { Answer } from '#load/journal.ts';
import { parseOptions } from '#options.ts';
import { seeded } from '#random.ts';
import { holds, type Row } from '#row.ts';
import { tableOf } from '#table.ts';

describe('chance', () => {
  test('is the same for the same seed, and another for another', () => {
    const draw = (seed: number) => Array.from({ length: 20 }, seeded(seed).next);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test('keeps within its bounds and reaches both', () => {
    const random = seeded(3);
    const drawn = new Set(Array.from({ length: 500 }, () => random.between(2, 4)));
    expect([...drawn].toSorted()).toEqual([2, 3, 4]);
    expect(['a', 'b']).toContain(random.pick(['a', 'b']));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});

describe('the command line', () => {
  test('picks faults and says which there are', () => {
    const options = parseOptions(['--fault', 'kill', '--seed', '5', '--kills=3'], ['kill'], () => 1);
    expect(options).toEqual({ faults: ['kill'], seed: 5, seconds: undefined, kills: 3, clients: 6 });
    expect(parseOptions([], ['kill'], () => 42).seed).toBe(42);
    expect(() => parseOptions(['--fault', 'x'], ['kill'], () => 1)).toThrow('there is no fault "x": kill');
    expect(() => parseOptions(['--seconds', '0'], [], () => 1)).toThrow(RangeError);
    expect(() => parseOptions(['--unknown'], [], () => 1)).toThrow(TypeError);
  });
});

describe('answers while something is away', () => {
  const answer = (status: number, hasRetryAfter = false, code?: string): Answer => {
    return { sentAt: 0, answeredAt: 1, route: 'GET /v1/profile', requestId: 'r', status, code, hasRetryAfter };
  };

  test('only 503 with Retry-After tells of it', () => {
    expect(wronglyRefused([answer(200), answer(503, true), answer(401), answer(412)])).toEqual([]);
    expect(wronglyRefused([answer(500), answer(500), answer(503), answer(0), answer(502, true)])).toEqual([
      'GET /v1/profile answered 500 without Retry-After, 2 times',
      'GET /v1/profile answered 503 without Retry-After',
      'GET /v1/profile answered 0 without Retry-After',
      'GET /v1/profile answered 502',
    ]);
  });

  test('are told by route, the most frequent first', () => {
    expect(statusesByRoute([answer(503, true, 'service.unavailable'), answer(200), answer(200)])).toEqual([
      'GET /v1/profile: 200 ×2, 503 service.unavailable ×1',
    ]);
  });
});

describe('the table', () => {
  const row: Row = {
    fault: 'kill',
    what: 'kill -9',
    acknowledged: 100,
    received: 300,
    repetitions: 2,
    recoveriesMs: [1000, 3000, 2000],
    settledMs: 1500,
    figures: { kills: 3 },
    broken: [],
    violations: [],
    notes: [],
  };

  test('has a line a fault', () => {
    const [, , line] = tableOf([row]).split('\n');
    expect(line).toMatch(/^kill +100 +300 +2 +2\.0 s +3\.0 s +1\.5 s +kills 3 +yes$/);
  });

  test('says what does not hold, and a row that breaks anything does not hold', () => {
    const violations = Array.from({ length: 7 }, (_, index) => ({
      rule: 'no half transaction',
      detail: `request ${index}`,
    }));
    const broken = { ...row, violations, recoveriesMs: [Number.POSITIVE_INFINITY] };
    expect([holds(row), holds(broken), holds({ ...row, broken: ['late'] })]).toEqual([true, false, false]);
    const text = tableOf([broken]);
    expect(text).toContain('never');
    expect(text).toContain('BROKEN kill: no half transaction: 7 times\n    request 0');
    expect(text).not.toContain('request 6');
  });
});

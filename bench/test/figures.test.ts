import { describe, expect, test } from 'vitest';
import { compare, turnsMax } from '#compare.ts';
import { parseOptions } from '#options.ts';
import { isAsRecorded } from '#recorded.ts';
import { isReached, type Row } from '#row.ts';
import { limitInSeries, ratioOfRounds } from '#statistics.ts';
import { tableOf } from '#table.ts';

describe('statistics', () => {
  test('a ratio compares what was measured in the same round', () => {
    // The machine is half as fast in the second round: neither the figures nor the limits alone say 0.5.
    expect(ratioOfRounds([500, 250, 500], [1000, 500, 1000])).toBe(0.5);
    expect(() => ratioOfRounds([1], [1, 2])).toThrow(RangeError);
  });

  test('two limits in series allow less than either', () => {
    expect(limitInSeries(100, 100)).toBe(50);
    expect(limitInSeries(80, 1200)).toBeCloseTo(75);
  });
});

describe('a comparison', () => {
  const options = {
    seconds: 6,
    rounds: 3,
    cases: [],
    apps: [],
    users: 1,
    profile: false,
    scale: false,
    recorded: false,
  };

  test('warms each side up until it gets no better, and then measures them in turn', async () => {
    const turns: string[] = [];
    const contender = (name: string, figures: number[]) => async (seconds: number) => {
      turns.push(`${name} ${seconds}`);
      return figures.shift() ?? Number.NaN;
    };
    const compared = await compare(
      { options },
      {
        measured: contender('figure', [9999, 9998, 9997, 10, 20, 30]),
        limit: contender('limit', [1, 50, 51, 50, 100, 100, 100]),
      },
    );
    expect(compared).toEqual({ measured: 20, limit: 100, ratio: 0.2 });
    const rounds = Array.from({ length: 3 }, () => ['limit 2', 'figure 2']).flat();
    const warming = [...Array(4).fill('limit 5'), ...Array(3).fill('figure 5')];
    expect(turns).toEqual([...warming, ...rounds]);
  });

  test('warms nobody up for ever, and asks no side more often than it says', async () => {
    let turns = 0;
    const better = async () => 2 ** turns++;
    await compare({ options }, { measured: better, limit: better });
    expect(turns).toBe(turnsMax(options));
  });
});

describe('the table', () => {
  const row: Row = {
    case: 'refresh',
    what: 'POST /v1/auth/token/refresh',
    measured: { value: 1234.5, unit: 'req/s' },
    limit: { value: 2000, unit: 'req/s', what: 'bare' },
    figure: 0.617,
    must: { atLeast: 0.6 },
    notes: ['a note'],
  };

  test('says whether a row reached what it must', () => {
    expect(isReached(row)).toBe(true);
    expect(isReached({ ...row, figure: 0.59 })).toBe(false);
    expect(isReached({ figure: 129, must: { atMost: 130 } })).toBe(true);
    expect(isReached({ figure: 131, must: { atMost: 130 } })).toBe(false);
    expect(isReached({ figure: Number.NaN, must: { atMost: 130 } })).toBe(false);
    expect(isReached({ figure: 0.1 })).toBeUndefined();
  });

  test.each([
    ['reached, and never recorded', 1.1, { atMost: 1.1 }, 'new', true],
    ['not reached, and never recorded', 1.11, { atMost: 1.1 }, 'new', false],
    ['as it was recorded', 1.25, { atMost: 1.1 }, 'high', true],
    ['worse than it was recorded', 1.33, { atMost: 1.1 }, 'high', false],
    ['a rate as it was recorded', 0.46, { atLeast: 0.75 }, 'low', true],
    ['a lower rate than was recorded', 0.45, { atLeast: 0.75 }, 'low', false],
    ['not a number', Number.NaN, { atMost: 1.1 }, 'high', false],
  ])('told against what was recorded: %s', (_what, figure, must, what, expected) => {
    expect(isAsRecorded({ case: 'x', what, figure, must }, { 'x high': 1.2, 'x low': 0.5 })).toBe(expected);
  });

  test('has a line a row, and notes below', () => {
    const missed = { ...row, case: 'memory', measured: { value: 131.25, unit: 'MiB' }, figure: 131.25 };
    const { limit: _, ...alone } = { ...missed, must: { atMost: 130 }, notes: [] };
    const lines = tableOf([row, alone]).split('\n');
    expect(lines[2]).toMatch(/^refresh +POST \S+ +1,235 req\/s +2,000 req\/s bare +0\.62 +≥ 0\.6 +yes$/);
    expect(lines[3]).toMatch(/^memory +POST \S+ +131 MiB +– +– +≤ 130 MiB +NO$/);
    expect(lines.at(-1)).toBe('  refresh: a note');
  });
});

describe('the command line', () => {
  test('picks cases and says which there are', () => {
    const names = { usual: ['a', 'b'], scale: ['large'] };
    expect(parseOptions(['--case', 'a', '--case=b', '--seconds', '4'], names)).toMatchObject({
      cases: ['a', 'b'],
      seconds: 4,
      profile: false,
      scale: false,
      recorded: false,
    });
    expect(parseOptions(['--recorded'], names)).toMatchObject({ recorded: true });
    expect(() => parseOptions(['--case', 'c'], names)).toThrow('there is no case "c": a, b, large');
    expect(parseOptions(['--app', 'mfa'], names)).toMatchObject({ cases: [], apps: ['mfa'] });
    expect(() => parseOptions(['--app', 'bank'], names)).toThrow('there is no app "bank": auth');
    expect(() => parseOptions(['--seconds', '0'], names)).toThrow(RangeError);
    expect(() => parseOptions(['--unknown'], names)).toThrow(TypeError);
  });

  test('a case with large data is run when they are asked for', () => {
    const names = { usual: ['a'], scale: ['large'] };
    expect(() => parseOptions(['--case', 'large'], names)).toThrow('"large" needs large data: add --scale');
    expect(parseOptions(['--case', 'large', '--scale'], names)).toMatchObject({ cases: ['large'], scale: true });
  });
});

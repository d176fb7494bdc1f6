import { describe, expect, test } from 'vitest';
import { median, percentile } from '#statistics.ts';
import { textTable } from '#text-table.ts';

describe('statistics', () => {
  test('the median is the middle figure, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });

  test('a percentile is a figure that was measured', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 99)).toBe(99);
    expect(percentile(hundred, 100)).toBe(100);
    expect(percentile([7], 99)).toBe(7);
  });
});

test('a table has columns of one width each, and no blanks at the ends', () => {
  expect(
    textTable(
      ['fault', 'n'],
      [
        ['kill', '20'],
        ['a longer one', '1'],
      ],
    ),
  ).toEqual(['fault         n', '------------  --', 'kill          20', 'a longer one  1']);
});

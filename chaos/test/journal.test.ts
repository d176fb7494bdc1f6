import { expect, test } from 'vitest';
import { Journal } from '#load/journal.ts';

test('only what was complained of since a moment is excused, and only what has that ending', () => {
  const journal = new Journal();
  journal.complaints.push('a: refused', 'b: gone');
  const from = journal.complaints.length;
  expect(journal.excuse(from, ['refused'])).toBe(0);
  journal.complaints.push('a: refused', 'c: gone', 'd: late');
  expect(journal.excuse(from, ['refused', 'late'])).toBe(2);
  expect(journal.complaints).toEqual(['a: refused', 'b: gone', 'c: gone']);
});

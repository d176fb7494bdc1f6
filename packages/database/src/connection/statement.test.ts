import { expect, it } from 'vitest';
import { numberPlaceholders } from '#connection/statement.ts';

it('numbers placeholders in their order', () => {
  expect(numberPlaceholders('select ?, ? where x = ?')).toBe('select $1, $2 where x = $3');
});

it('leaves quotes, quoted names and comments alone', () => {
  const sql = `select '?''?', "a?" -- really?\n /* ? */ from t where a = ?`;
  expect(numberPlaceholders(sql)).toBe(`select '?''?', "a?" -- really?\n /* ? */ from t where a = $1`);
});

import { expect, test } from 'vitest';
import { createStatementNames } from './statement-names.ts';

test('a text that comes again has a name, its own, and keeps it', () => {
  const names = createStatementNames();
  expect(names.nameOf('select 1')).toBe('');
  const one = names.nameOf('select 1');
  names.nameOf('select 2');
  const two = names.nameOf('select 2');
  expect(one).toMatch(/^s\d+$/);
  expect(two).toMatch(/^s\d+$/);
  expect(two).not.toBe(one);
  expect(names.nameOf('select 1')).toBe(one);
});

test.each([
  ['select * from shop.widgets', ''],
  ['select "w0".* from shop.widgets w0', ''],
  ['select id, * from shop.widgets', ''],
  ['SELECT DISTINCT * from shop.widgets', ''],
  ['update shop.widgets set count = 1 returning *', ''],
  ['select count(*) from shop.widgets', 's0'],
  ['select count * 2 from shop.widgets', 's0'],
])('whose columns depend on the table has none: %s', (sql, name) => {
  const names = createStatementNames();
  expect([names.nameOf(sql), names.nameOf(sql), names.nameOf(sql)]).toEqual(['', name, name]);
});

test('texts that are built as they go are never named, and no more than five hundred are', () => {
  const names = createStatementNames();
  for (let n = 0; n < 5000; n += 1) expect(names.nameOf(`select ${n}`)).toBe('');
  const given = new Set<string>();
  for (let n = 0; n < 1000; n += 1) given.add(names.nameOf(`select -${n}`)).add(names.nameOf(`select -${n}`));
  expect(given.size).toBe(501); // the unnamed one is among them
});

import { expect, test } from 'vitest';
import { pairsByLot } from '#control/pairs-by-lot.ts';

test('both kinds of each pair are done one after the other, and either goes first now and then', async () => {
  const done: string[] = [];
  const work = (kind: string) => async (pair: number) => {
    done.push(`${kind}${pair}`);
    return `${kind}${pair}`;
  };
  const pairs = await pairsByLot(200, work('a'), work('b'));
  expect(pairs).toEqual(Array.from({ length: 200 }, (_, pair) => [`a${pair}`, `b${pair}`]));
  expect(done.map((one) => Number(one.slice(1)))).toEqual(Array.from({ length: 400 }, (_, place) => place >> 1));
  const isFirst = new Set(done.filter((_, place) => place % 2 === 0).map((one) => one[0]));
  expect(isFirst).toEqual(new Set(['a', 'b']));
});

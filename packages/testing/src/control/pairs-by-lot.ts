import { randomInt } from 'node:crypto';

/**
 * Does two kinds of work in pairs, one right after the other so that both meet the same machine, and gives what each measured.
 * Which goes first is drawn by lot: what an answer leaves to be done meets the next one, and each of two processes gets every
 * other request, so an order of any pattern could tell the two apart.
 */
export async function pairsByLot<M>(
  count: number,
  one: (pair: number) => Promise<M>,
  other: (pair: number) => Promise<M>,
): Promise<readonly (readonly [one: M, other: M])[]> {
  const pairs: [M, M][] = [];
  for (let pair = 0; pair < count; pair += 1) {
    if (randomInt(2) === 0) {
      const measured = await one(pair);
      pairs.push([measured, await other(pair)]);
    } else {
      const measured = await other(pair);
      pairs.push([await one(pair), measured]);
    }
  }
  return pairs;
}

import { type Chore, type Growth, growthProblems, trimmingChores } from '@bank/database';
import { expect, test } from 'vitest';
import type { Foundations } from '#foundations.ts';

/** For one app: nothing of its schema grows for good. */
export function testGrowth(app: { readonly ctx: Foundations }, growth: Growth): void {
  test('every table is kept from growing for good', async () => {
    expect(await growthProblems(app.ctx.database.fork(), growth)).toEqual([]);
  });
}

/** Removes now what is past keeping, as the housekeeping does by its schedule. */
export async function trimTables(
  { clock, database }: Foundations,
  growth: Growth,
  chores: readonly Chore[] = [],
): Promise<void> {
  for (const chore of [...trimmingChores(database, growth, clock), ...chores]) await chore.run();
}

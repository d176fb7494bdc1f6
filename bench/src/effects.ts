import { setTimeout as delay } from 'node:timers/promises';
import { connectionOf } from '@bank/test-bed';
import pg from 'pg';
import { type Bench, databaseOf } from '#bench.ts';

/** Sees in admin's projection which events have had their effect: another session, so only what is committed. */
export interface Effects {
  /** Resolves when all of these users are noted. They are the only ones between the first and the last id. */
  untilAll(userIds: readonly string[]): Promise<void>;
  /** Which of these are noted. */
  among(userIds: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

const lookEveryMs = 20;
const withinMs = 120_000;

/** Looks as admin itself would. */
export async function openEffects(bench: Bench): Promise<Effects> {
  const client = new pg.Client(connectionOf(databaseOf(bench, 'admin')));
  await client.connect();
  async function countOf(ordered: readonly string[]): Promise<number> {
    const sql = 'select count(*)::integer as count from admin.users where user_id between $1 and $2';
    const { rows } = await client.query<{ count: number }>(sql, [ordered[0], ordered.at(-1)]);
    return rows[0]?.count ?? 0;
  }
  return {
    async untilAll(userIds) {
      const ordered = userIds.toSorted();
      const deadline = performance.now() + withinMs;
      for (let seen = await countOf(ordered); seen < ordered.length; seen = await countOf(ordered)) {
        if (performance.now() > deadline) throw new Error(`${ordered.length - seen} events had no effect in time`);
        await delay(lookEveryMs);
      }
    },
    async among(userIds) {
      const sql = 'select user_id as "userId" from admin.users where user_id = any ($1)';
      const { rows } = await client.query<{ userId: string }>(sql, [userIds]);
      return rows.map(({ userId }) => userId);
    },
    close: () => client.end(),
  };
}

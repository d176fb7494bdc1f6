import type { TestDatabase } from '@bank/testing';

/**
 * The foreign keys that keep a factor or a challenge from going, or a row that goes with one: a sentence for each, which says what to
 * write instead. Removals, erasures and what takes the place of a challenge would answer 500.
 */
export async function keysThatHold(database: Pick<TestDatabase, 'query'>): Promise<readonly string[]> {
  const keys = await database.query<{ problem: string }>(
    `with recursive keys as (select * from pg_constraint where contype = 'f'),
     going as (
       select unnest(array['mfa.factors', 'mfa.challenges']::regclass[])::oid as "table"
       union
       select keys.conrelid from keys join going on keys.confrelid = going."table" where keys.confdeltype = 'c'
     )
     select format(
       '%s: %s must be "on delete cascade", and .deleteRule(''cascade'') in its entity: rows of %s go, and what refers to them goes with them',
       conrelid::regclass, conname, confrelid::regclass
     ) as problem
     from keys where confrelid in (select "table" from going) and confdeltype <> 'c' order by 1`,
  );
  return keys.map(({ problem }) => problem);
}

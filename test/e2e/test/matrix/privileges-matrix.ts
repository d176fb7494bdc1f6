import { appNames } from '@bank/scripts/stack';
import { describe, expect, test } from 'vitest';
import { asOwner } from '../support/database.ts';
import type { World } from './world.ts';

/** Tables that their app may read and add to, and nothing else: what is in them stays as it was written. */
const addedToOnly = [
  'admin.ledger_entries',
  'admin.ledger_checkpoints',
  'admin.staff_notes',
  'profile.consents',
  ...appNames.map((app) => `${app}.data_key_tombstones`),
];

const schemas = [...appNames, 'public'];
const roles = appNames.flatMap((app) => [`${app}_app`, `${app}_owner`]);

const reach = `select r.rolname as role, n.nspname as schema
  from pg_roles r cross join pg_namespace n
  where r.rolname = any($1) and n.nspname = any($2) and (
    has_schema_privilege(r.oid, n.oid, 'usage') or has_schema_privilege(r.oid, n.oid, 'create')
    or exists (select from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm') and (
      has_table_privilege(r.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
      or has_any_column_privilege(r.oid, c.oid, 'select, insert, update, references')))
    or exists (select from pg_class c where c.relnamespace = n.oid
      and case when c.relkind = 'S' then has_sequence_privilege(r.oid, c.oid, 'usage, select, update') else false end)
    or exists (select from pg_proc p where p.pronamespace = n.oid and has_function_privilege(r.oid, p.oid, 'execute')))
  order by 1, 2`;

/** Which role of the running stack reaches into which schema, and what it may do there. */
export function describePrivileges(world: World): void {
  const rowsOf = (sql: string, parameters: unknown[]) => {
    const url = new URL(world.stack.stores.postgres.adminUrl);
    url.pathname = new URL(world.stack.owners.auth.url).pathname;
    return asOwner({ ...world.stack.owners.auth, url: url.href }, async (client) => {
      return (await client.query(sql, parameters)).rows;
    });
  };

  describe('SR-69 roles of the database', () => {
    test('reach into the schema of their own app alone', async () => {
      const own = appNames.flatMap((app) => [`${app}_app`, `${app}_owner`].map((role) => ({ role, schema: app })));
      const byRole = (a: { role: string }, b: { role: string }) => (a.role < b.role ? -1 : 1);
      expect(await rowsOf(reach, [roles, schemas])).toEqual(own.toSorted(byRole));
    });

    test('are no more than they are, and members of nothing', async () => {
      const special = `select rolname from pg_roles r where rolname = any($1) and (
        rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
        or exists (select from pg_auth_members m where m.member = r.oid))`;
      expect(await rowsOf(special, [roles])).toEqual([]);
    });

    test.each(addedToOnly)('may add to %s and change nothing in it', async (table) => {
      const role = `${table.split('.')[0]}_app`;
      const held = `select p as privilege from unnest('{select,insert,update,delete,truncate}'::text[]) p
        where has_table_privilege($1, $2::regclass, p)
          or (p = 'update' and has_any_column_privilege($1, $2::regclass, p))`;
      const rows = await rowsOf(held, [role, table]);
      expect(rows).toEqual([{ privilege: 'select' }, { privilege: 'insert' }]);
    });

    test.each(appNames)('the app %s owns nothing', async (app) => {
      const owned = 'select relname from pg_class where relowner = $1::regrole';
      expect(await rowsOf(owned, [`${app}_app`])).toEqual([]);
    });
  });
}

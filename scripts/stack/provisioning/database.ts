import { provisionStatements, rolesOf } from '@bank/database';
import { Secret } from '@bank/domain';
import { StackError } from '#stack/host/stack-error.ts';
import { appNames } from '#stack/settings/apps.ts';
import { databaseOf, type PostgresServer, withAdmin } from '#stack/stores/postgres-client.ts';

const MARKER = 'made by the launcher of user-service';

// Roles belong to the whole server: two provisioners of one role collide. The test harness takes the same lock.
const ROLES_LOCK = 7_310_542_118;

/**
 * Makes the stack's database with the schema and the two roles of every app; may be run again. A new one begins as a copy of
 * `template`, or empty.
 * @throws StackError when a database of that name exists that the launcher did not make and the address does not name
 */
export async function provisionDatabase(
  server: PostgresServer,
  database: string,
  passwordOf: (role: string) => string,
  template = 'template0',
): Promise<void> {
  const named = databaseOf(server.adminUrl);
  await withAdmin(server, named, async (client) => {
    await client.query('select pg_advisory_lock($1)', [ROLES_LOCK]);
    const { rows } = await client.query<{ comment: string | null }>(
      `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`,
      [database],
    );
    const [found] = rows;
    if (found === undefined) {
      const name = client.escapeIdentifier(database);
      await client.query(`create database ${name} encoding 'UTF8' template ${client.escapeIdentifier(template)}`);
      await client.query(`comment on database ${name} is '${MARKER}'`);
    } else if (found.comment !== MARKER && database !== named) {
      throw new StackError(
        `database ${database} was not made by the launcher; name it in the server's address to use it`,
      );
    }
    await withAdmin(server, database, async (inside) => {
      const schemas = Object.fromEntries(appNames.map((schema) => [schema, passwordsOf(schema, passwordOf)]));
      for (const statement of provisionStatements({ database, schemas })) {
        await inside.query(statement);
      }
    });
  });
}

/** Removes a database that the launcher made, with whatever is connected to it. */
export async function removeDatabase(server: PostgresServer, database: string): Promise<void> {
  await withAdmin(server, databaseOf(server.adminUrl), (client) =>
    client.query(`drop database if exists ${client.escapeIdentifier(database)} with (force)`),
  );
}

function passwordsOf(schema: string, passwordOf: (role: string) => string) {
  const { owner, app } = rolesOf(schema);
  return { owner: new Secret(passwordOf(owner)), app: new Secret(passwordOf(app)) };
}

import type { Secret } from '@bank/domain';
import { identifier, literal } from '#connection/identifier.ts';
import { rolesOf } from '#migrations/roles.ts';

export interface SchemaPasswords {
  readonly owner: Secret;
  readonly app: Secret;
}

export interface ProvisionOptions {
  readonly database: string;
  /** Each schema with the passwords of its two roles. */
  readonly schemas: Readonly<Record<string, SchemaPasswords>>;
}

/**
 * The SQL by which a superuser prepares a database: per schema an owner role that migrates it and an app role that
 * reads and writes rows in it, and nothing for anybody else. May be run again, also to change passwords.
 */
export function provisionStatements({ database, schemas }: ProvisionOptions): string[] {
  return [
    `revoke all on database ${identifier(database)} from public`,
    'revoke all on schema public from public',
    ...Object.entries(schemas).flatMap(([schema, passwords]) => schemaStatements(database, schema, passwords)),
  ];
}

function schemaStatements(database: string, schema: string, passwords: SchemaPasswords): string[] {
  const s = identifier(schema);
  const { owner, app } = rolesOf(schema);
  return [
    ...roleStatements(owner, passwords.owner),
    ...roleStatements(app, passwords.app),
    // Set here and not by the clients: a pooler in transaction mode refuses them as parameters of a connection.
    `alter role ${app} set statement_timeout = '15s'`,
    `alter role ${app} set lock_timeout = '5s'`,
    `alter role ${app} set idle_in_transaction_session_timeout = '30s'`,
    `grant connect on database ${identifier(database)} to ${owner}, ${app}`,
    `create schema if not exists ${s}`,
    `alter schema ${s} owner to ${owner}`,
    `revoke all on schema ${s} from public`,
    `grant usage on schema ${s} to ${app}`,
    `alter default privileges for role ${owner} revoke execute on functions from public`,
    `alter default privileges for role ${owner} in schema ${s} grant select, insert, update, delete on tables to ${app}`,
    `alter default privileges for role ${owner} in schema ${s} grant usage, select on sequences to ${app}`,
  ];
}

function roleStatements(role: string, password: Secret): string[] {
  return [
    `do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`,
    `alter role ${role} with login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${literal(password.reveal())}`,
    `alter role ${role} set search_path = pg_catalog`,
    `alter role ${role} set timezone = 'UTC'`,
  ];
}

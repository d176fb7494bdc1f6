import { createMigrator, provisionStatements } from '@bank/database';
import { Secret } from '@bank/domain';
import { type TestDatabase, testDatabase } from '@bank/testing';
import pg from 'pg';
import { entities } from '#storage/entities.ts';
import { migrations } from '../../migrations/index.ts';

const passwords = { owner: new Secret('test'), app: new Secret('test') };

/** A database with the schema `auth`, its two roles and its tables, made as a deployment makes them. */
export function authDatabase(): Promise<TestDatabase> {
  return testDatabase({ name: 'auth', provision });
}

/** The migrator of the schema, as its owner role. */
export function authMigrator(adminUrl: string) {
  const ownerUrl = new URL(adminUrl);
  ownerUrl.username = 'auth_owner';
  ownerUrl.password = 'test';
  return createMigrator({ ownerUrl: new Secret(ownerUrl.href), schema: 'auth', entities, migrations });
}

async function provision(adminUrl: string, database: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  for (const statement of provisionStatements({ database, schemas: { auth: passwords } })) await admin.query(statement);
  await admin.end();
  const migrator = await authMigrator(adminUrl);
  await migrator.up();
  await migrator.close();
  await keepDeliveries(adminUrl);
}

/**
 * A row of the outbox loses its sealed parts when it is published, which may be before a test looks: a copy of each
 * delivery is kept where no role of the service comes.
 */
async function keepDeliveries(adminUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`create schema kept;
    create table kept.deliveries (id uuid primary key, data jsonb not null);
    create function kept.keep() returns trigger language plpgsql security definer as $$
    begin
      insert into kept.deliveries values (new.id, new.data);
      return null;
    end $$;
    create trigger keep after insert on auth.outbox for each row when (new.destination = 'deliveries')
      execute function kept.keep()`);
  await admin.end();
}

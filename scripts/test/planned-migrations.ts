import {
  BackfillMigration,
  type IndexChange,
  IndexMigration,
  type MigrationPlan,
  planOf,
  SqlMigration,
  ValidationMigration,
} from '@bank/database';
import { lintMigrations } from '#checks/migrations/lint.ts';
import type { ReleaseRecord } from '#contracts/releases.ts';

/** The plan of an `SqlMigration`, which says since when nothing uses what it takes away. */
export function sql(name: string, statements: readonly string[], since?: string): MigrationPlan {
  const kind = class extends SqlMigration {
    override readonly unusedSince = since;
    override statements() {
      return statements;
    }
  };
  return planOf({ name, class: kind });
}

/** The plan of a `ValidationMigration` of one constraint. */
export function validation(name: string, table: string, constraint: string): MigrationPlan {
  const kind = class extends ValidationMigration {
    override constraints() {
      return [{ table, constraint }];
    }
  };
  return planOf({ name, class: kind });
}

/** The plan of a `BackfillMigration`. */
export function backfill(name: string, batch: string): MigrationPlan {
  const kind = class extends BackfillMigration {
    override batch() {
      return batch;
    }
  };
  return planOf({ name, class: kind });
}

/** The plan of an `IndexMigration`, which says since when nothing uses what it takes away. */
export function index(name: string, change: IndexChange, since?: string): MigrationPlan {
  const kind = class extends IndexMigration {
    override readonly unusedSince = since;
    override change() {
      return change;
    }
  };
  return planOf({ name, class: kind });
}

/** What the last release has made. */
export const base = sql('1-base', [
  `create table auth.users (
     id uuid constraint users_pkey primary key, status text not null, locale text, old text,
     constraint users_status_check check (status <> ''), constraint users_locale_key unique (locale),
     constraint users_mood_check check (old in ('glad', 'sad')))`,
  'create table auth.devices (id uuid constraint devices_pkey primary key, user_id uuid)',
  'create table auth.visits (id uuid constraint visits_pkey primary key)',
  'create index users_status_index on auth.users (status)',
  'create unique index users_old_index on auth.users (old)',
  `create function auth.append_outbox(text) returns void language sql security definer as ''`,
  'create view auth.people as select id from auth.users',
  `create type auth.mood as enum ('glad')`,
  `create domain auth.email as text check (value <> '')`,
  'create trigger users_noted after update on auth.users for each row execute function auth.note()',
]);

/** The last release: its code loads the tables of users and devices, and of `old` and of visits nothing. */
export const release: ReleaseRecord = {
  version: '1.2.0',
  bundle: { sha256: '', sizeBytes: 0, commit: '' },
  migrations: { auth: [{ name: base.name, checksum: base.checksum }] },
  columns: { 'auth.users': ['id', 'status', 'locale'], 'auth.devices': ['id', 'user_id'] },
};

/** The rules that migrations after the release break. */
export async function rulesOf(...plans: readonly MigrationPlan[]): Promise<readonly string[]> {
  return (await lintMigrations('auth', [base, ...plans], release)).map(({ rule }) => rule);
}

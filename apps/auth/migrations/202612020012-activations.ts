import { SqlMigration } from '@bank/database';

/** Invitations of staff. Until one is used there is no user, and nothing about its address is reserved. */
export class Activations extends SqlMigration {
  override statements(): string[] {
    return [
      // Without a digest the link has not gone out, and nothing can be done with the row.
      `create table auth.activations (
      id uuid constraint activations_pkey primary key,
      user_id uuid not null,
      contact bytea not null,
      address_hash bytea not null,
      roles text[] not null
        constraint activations_roles_check check (roles <@ array['support', 'compliance', 'admin'] and roles <> '{}'),
      token_digest bytea,
      invited_by uuid,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      consumed_at timestamptz
    )`,
      `create index activations_expires_at_idx on auth.activations (expires_at)`,
      // Staff accept no terms of customers.
      `alter table auth.users alter column accepted_terms drop not null`,
      `create index users_admins_idx on auth.users (id) where 'admin' = any (roles)`,
    ];
  }
}

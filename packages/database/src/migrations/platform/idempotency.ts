import { identifier } from '#connection/identifier.ts';
import { rolesOf } from '#migrations/roles.ts';

/** Keys of requests that must happen once. A row without an answer is a claim, which lapses at `claimed_until`. */
export function idempotencySql(schema: string): string[] {
  const s = identifier(schema);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.idempotency_keys (
  user_id uuid not null,
  route text not null,
  key_hash bytea not null,
  request_hash bytea not null,
  claimed_until timestamptz not null,
  answer bytea,
  expires_at timestamptz not null,
  constraint idempotency_keys_pkey primary key (user_id, route, key_hash)
)`,
    `create index idempotency_keys_expires_at_index on ${s}.idempotency_keys (expires_at)`,
    `revoke all on ${s}.idempotency_keys from ${app}`,
    `grant select, insert, update, delete on ${s}.idempotency_keys to ${app}`,
  ];
}

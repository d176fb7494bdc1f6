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

/**
 * Whether anything was committed under a key. The function is called with the commit of such work and refuses it once the
 * claim has been taken over: a claim commits for as long as it is held, and another begins only where nothing was committed.
 */
export function committedKeysSql(schema: string): string[] {
  const s = identifier(schema);
  const { app } = rolesOf(schema);
  return [
    `alter table ${s}.idempotency_keys add column committed boolean not null default false`,
    `create function ${s}.commit_idempotency_key(of_user uuid, of_route text, of_key bytea, claim timestamptz) returns void
language plpgsql set search_path = ${s}, pg_temp
as $$
begin
  update idempotency_keys set committed = true
    where user_id = of_user and route = of_route and key_hash = of_key and claimed_until = claim and answer is null;
  if not found then
    raise exception 'the claim of an idempotency key was taken over' using errcode = 'serialization_failure';
  end if;
end
$$`,
    `grant execute on function ${s}.commit_idempotency_key(uuid, text, bytea, timestamptz) to ${app}`,
  ];
}

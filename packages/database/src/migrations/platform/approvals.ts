import { identifier } from '#connection/identifier.ts';
import { rolesOf } from '#migrations/roles.ts';

/**
 * What a schema needs whose app executes approvals: those that were, each once. Rows are few, and evidence; the app role
 * can neither change nor remove one.
 */
export function approvalTableV1(schema: string): string[] {
  const s = identifier(schema);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.approvals_consumed (
  id uuid not null,
  action text not null,
  digest bytea not null,
  maker_id uuid not null,
  checker_id uuid not null,
  consumed_at timestamptz not null,
  constraint approvals_consumed_pkey primary key (id)
)`,
    `revoke all on ${s}.approvals_consumed from ${app}`,
    `grant select, insert on ${s}.approvals_consumed to ${app}`,
  ];
}

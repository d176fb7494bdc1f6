import { identifier } from '#connection/identifier.ts';
import type { IndexChange } from '#migrations/index-migration.ts';
import { partitionedTableSql } from '#migrations/platform/partitions.ts';
import { rolesOf } from '#migrations/roles.ts';

const OUTBOX_KEEP_WEEKS = 2;

/** For so many weeks after the id of a message was made, an inbox remembers that it was handled. */
export const inboxKeepWeeks = 13;

/** What waits to be published. Rows are marked rather than deleted, and leave with their week. */
export function outboxSql(schema: string): string[] {
  const s = identifier(schema);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.outbox (
  id uuid not null,
  destination text not null,
  type text not null,
  subject text not null,
  sequence bigint,
  dataschema text not null,
  data jsonb not null,
  request_id text not null,
  traceparent text not null,
  created_at timestamptz not null default clock_timestamp(),
  published_at timestamptz,
  constraint outbox_pkey primary key (id),
  constraint outbox_destination_check check (destination in ('events', 'deliveries', 'audit')),
  constraint outbox_sequence_check check ((sequence is not null) = (destination = 'events'))
) partition by range (id)`,
    `create index outbox_unpublished_index on ${s}.outbox (id) where published_at is null`,
    `create table ${s}.outbox_sequences (
  source text not null,
  subject text not null,
  last bigint not null,
  constraint outbox_sequences_pkey primary key (source, subject)
)`,
    appendFunction(s),
    `revoke all on function ${s}.append_outbox(text, text, text, jsonb) from public`,
    `grant execute on function ${s}.append_outbox(text, text, text, jsonb) to ${app}`,
    `revoke all on ${s}.outbox, ${s}.outbox_sequences from ${app}`,
    `grant select, insert, update (published_at) on ${s}.outbox to ${app}`,
    `grant select, insert, update (last) on ${s}.outbox_sequences to ${app}`,
    ...partitionedTableSql(schema, {
      table: 'outbox',
      keyColumn: 'id',
      ageColumn: 'created_at',
      keepWeeks: OUTBOX_KEEP_WEEKS,
      blockedWhile: 'published_at is null',
    }),
  ];
}

/**
 * Appends the rows of one transaction, in the order given. An event takes the next number of its (source, subject);
 * the counter's row stays locked until the commit, so numbers have no gaps. A function, because its plans are kept.
 */
function appendFunction(s: string): string {
  return `create function ${s}.append_outbox(source text, request_id text, traceparent text, appended jsonb) returns void
language plpgsql set search_path = ${s}, pg_temp
as $$
#variable_conflict use_variable
declare
  r record;
  number bigint;
begin
  for r in select * from jsonb_to_recordset(appended)
      as x (id uuid, destination text, type text, subject text, dataschema text, data jsonb) loop
    number := null;
    if r.destination = 'events' then
      insert into outbox_sequences as counter (source, subject, last) values (source, r.subject, 1)
        on conflict on constraint outbox_sequences_pkey do update set last = counter.last + 1
        returning counter.last into number;
    end if;
    insert into outbox (id, destination, type, subject, sequence, dataschema, data, request_id, traceparent)
      values (r.id, r.destination, r.type, r.subject, number, r.dataschema, r.data, request_id, traceparent);
  end loop;
end
$$`;
}

/**
 * The same by one statement for all rows, instead of one or two for each: an import appends fifteen hundred rows at a time. The
 * counters are locked in the order in which their subjects come, as before.
 */
export function appendTogetherSql(schema: string): string[] {
  const s = identifier(schema);
  return [
    `create or replace function ${s}.append_outbox(source text, request_id text, traceparent text, appended jsonb) returns void
language plpgsql set search_path = ${s}, pg_temp
as $$
#variable_conflict use_variable
begin
  with given as materialized (
    select r.* from rows from (jsonb_to_recordset(appended)
        as (id uuid, destination text, type text, subject text, dataschema text, data jsonb))
      with ordinality as r (id, destination, type, subject, dataschema, data, place)
  ), counted as (
    select g.subject, count(*) as events from given g where g.destination = 'events' group by g.subject order by min(g.place)
  ), counters as (
    insert into outbox_sequences as counter (source, subject, last) select source, c.subject, c.events from counted c
      on conflict on constraint outbox_sequences_pkey do update set last = counter.last + excluded.last
      returning counter.subject, counter.last
  )
  insert into outbox (id, destination, type, subject, sequence, dataschema, data, request_id, traceparent)
    select g.id, g.destination, g.type, g.subject,
        case when g.destination = 'events' then
          n.last + 1 - row_number() over (partition by g.subject, g.destination order by g.place desc)
        end,
        g.dataschema, g.data, request_id, traceparent
      from given g left join counters n on n.subject = g.subject
      order by g.place;
end
$$`,
  ];
}

/** By which the oldest rows of one destination are found, however many of another one wait. */
export function waitingOutboxIndex(schema: string): IndexChange {
  return {
    create: 'outbox_waiting_index',
    on: `${identifier(schema)}.outbox`,
    as: '(destination, id) where published_at is null',
  };
}

/**
 * The statement that marks a delivery as published leaves only the name of its template: the sealed address and
 * parameters have done their work, and would otherwise lie here for weeks under a key that several apps have. A trigger,
 * so that the app role still may not change what a row says.
 */
export function wipePublishedDeliveriesSql(schema: string): string[] {
  const s = identifier(schema);
  return [
    `create function ${s}.wipe_published_delivery() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.data := jsonb_build_object('template', old.data -> 'template');
  return new;
end
$$`,
    `revoke all on function ${s}.wipe_published_delivery() from public`,
    `create trigger outbox_wipe_published_delivery before update of published_at on ${s}.outbox for each row
  when (new.published_at is not null and new.destination = 'deliveries')
  execute function ${s}.wipe_published_delivery()`,
    // Those of before, by the same trigger.
    `update ${s}.outbox set published_at = published_at where destination = 'deliveries' and published_at is not null`,
  ];
}

/** Which messages were handled. A message older than what is kept here must not be replayed. */
export function inboxSql(schema: string): string[] {
  const s = identifier(schema);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.inbox (
  message_id uuid not null,
  consumer text not null,
  handled_at timestamptz not null default now(),
  constraint inbox_pkey primary key (message_id, consumer)
) partition by range (message_id)`,
    `revoke all on ${s}.inbox from ${app}`,
    `grant select, insert on ${s}.inbox to ${app}`,
    ...partitionedTableSql(schema, {
      table: 'inbox',
      keyColumn: 'message_id',
      ageColumn: 'handled_at',
      keepWeeks: inboxKeepWeeks,
    }),
  ];
}

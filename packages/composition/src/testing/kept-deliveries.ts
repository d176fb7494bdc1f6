import { type OpenedDelivery, openDelivery } from '@bank/database';
import type { JsonValue } from '@bank/domain';
import type { Foundations } from '#foundations.ts';
import type { TestApp } from '#testing/test-app.ts';

type Kept = Pick<TestApp<Pick<Foundations, 'keyrings'>>, 'database' | 'ctx'>;

/** A published delivery keeps nothing that could be opened: from here on each of a schema is kept as it was written, for `messagesTo`. */
export async function keepDeliveries({ database }: Pick<Kept, 'database'>, schema: string): Promise<void> {
  await database.query(
    'create table if not exists public.kept (id uuid primary key, user_id text not null, data jsonb not null)',
  );
  await database.query(`create or replace function public.keep() returns trigger language plpgsql security definer as $$
    begin
      insert into public.kept values (new.id, new.subject, new.data);
      return new;
    end $$`);
  await database.query(`create or replace trigger outbox_keep before insert on ${schema}.outbox for each row
    when (new.destination = 'deliveries') execute function public.keep()`);
}

/** The messages that were written to a user, opened, oldest first. */
export async function messagesTo({ database, ctx }: Kept, userId: string): Promise<OpenedDelivery[]> {
  const sql = 'select id, data from public.kept where user_id = $1 order by id';
  const rows = await database.query<{ id: string; data: JsonValue }>(sql, [userId]);
  return rows.map(({ id, data }) => openDelivery(ctx.keyrings.open('delivery'), id, data));
}

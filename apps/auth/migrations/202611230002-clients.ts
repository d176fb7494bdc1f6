import { SqlMigration } from '@bank/database';

/** The registry of clients, with the four that come with the system. */
export class Clients extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.clients (
      id text constraint clients_pkey primary key,
      audience text not null,
      token_delivery text not null constraint clients_token_delivery_check check (token_delivery in ('body', 'cookie')),
      listener text not null constraint clients_listener_check check (listener in ('public', 'staff')),
      idle_seconds integer not null constraint clients_idle_seconds_check check (idle_seconds > 0),
      absolute_seconds integer not null
        constraint clients_absolute_seconds_check check (absolute_seconds >= idle_seconds)
    )`,
      `insert into auth.clients (id, audience, token_delivery, listener, idle_seconds, absolute_seconds) values
      ('web', 'user-service', 'body', 'public', 900, 43200),
      ('browser', 'user-service', 'cookie', 'public', 900, 43200),
      ('mobile', 'user-service', 'body', 'public', 900, 43200),
      ('staff-console', 'user-service-staff', 'cookie', 'staff', 600, 28800)`,
    ];
  }
}

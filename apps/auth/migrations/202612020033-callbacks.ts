import { SqlMigration } from '@bank/database';

/** Callbacks of carriers that were taken: each is taken once. */
export class Callbacks extends SqlMigration {
  override statements(): string[] {
    return [
      `create table auth.callbacks (
      provider text not null,
      digest bytea not null,
      received_at timestamptz not null,
      constraint callbacks_pkey primary key (provider, digest)
    )`,
      `create index callbacks_received_at_idx on auth.callbacks (received_at)`,
    ];
  }
}

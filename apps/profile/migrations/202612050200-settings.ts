import { SqlMigration } from '@bank/database';

/** What users choose. A column that is null stands for the default, whatever that is at the time. */
export class Settings extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table profile.settings (
      user_id uuid constraint settings_pkey primary key,
      version bigint not null,
      language text,
      currency text,
      time_zone text,
      quiet_from text constraint settings_quiet_from_check check (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      quiet_to text constraint settings_quiet_to_check check (quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      email_transactions boolean,
      email_account boolean,
      email_product boolean,
      email_marketing boolean,
      sms_transactions boolean,
      sms_account boolean,
      sms_product boolean,
      sms_marketing boolean,
      push_transactions boolean,
      push_account boolean,
      push_product boolean,
      push_marketing boolean,
      discoverable boolean,
      analytics boolean,
      personalisation boolean,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      constraint settings_quiet_hours_check check ((quiet_from is null) = (quiet_to is null) and (quiet_from is null or quiet_from <> quiet_to))
    )`,
    ];
  }
}

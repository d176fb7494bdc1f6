import type { MessageChannel, OptionalCategory, UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * What a user has chosen; what is null was left to the bank. Codes of public lists, times and switches alone: nothing in it
 * is free text, so nothing is sealed. There is no switch for messages about security.
 */
export const SettingsEntity = defineEntity({
  name: 'Settings',
  tableName: 'settings',
  schema: 'profile',
  properties: {
    userId: p.uuid().primary(),
    version: p.bigint('number'),
    language: p.text().nullable(),
    currency: p.text().nullable(),
    timeZone: p.text().nullable(),
    quietFrom: p.text().nullable(),
    quietTo: p.text().nullable(),
    emailTransactions: p.boolean().nullable(),
    emailAccount: p.boolean().nullable(),
    emailProduct: p.boolean().nullable(),
    emailMarketing: p.boolean().nullable(),
    smsTransactions: p.boolean().nullable(),
    smsAccount: p.boolean().nullable(),
    smsProduct: p.boolean().nullable(),
    smsMarketing: p.boolean().nullable(),
    pushTransactions: p.boolean().nullable(),
    pushAccount: p.boolean().nullable(),
    pushProduct: p.boolean().nullable(),
    pushMarketing: p.boolean().nullable(),
    discoverable: p.boolean().nullable(),
    analytics: p.boolean().nullable(),
    personalisation: p.boolean().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  checks: [
    { name: 'settings_quiet_from_check', expression: `quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'` },
    { name: 'settings_quiet_to_check', expression: `quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'` },
    {
      name: 'settings_quiet_hours_check',
      expression: '(quiet_from is null) = (quiet_to is null) and (quiet_from is null or quiet_from <> quiet_to)',
    },
  ],
});

/** The switch of one category on one channel. */
export type Switch = `${MessageChannel}${Capitalize<OptionalCategory>}`;

/** What can be chosen. Languages are BCP 47, currencies ISO 4217, zones IANA, hours `HH:MM`; null leaves it to the bank. */
export interface Choices extends Readonly<Record<Switch, boolean | null>> {
  readonly language: string | null;
  readonly currency: string | null;
  readonly timeZone: string | null;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly discoverable: boolean | null;
  readonly analytics: boolean | null;
  readonly personalisation: boolean | null;
}

/** The choices of a user. `version` rises by one with every change, and is 0 while the user has chosen nothing. */
export interface Settings extends Choices {
  readonly userId: UserId;
  readonly version: number;
  readonly updatedAt: Date | null;
}

/** The column of each choice. */
export const choiceColumns = {
  language: 'language',
  currency: 'currency',
  timeZone: 'time_zone',
  quietFrom: 'quiet_from',
  quietTo: 'quiet_to',
  emailTransactions: 'email_transactions',
  emailAccount: 'email_account',
  emailProduct: 'email_product',
  emailMarketing: 'email_marketing',
  smsTransactions: 'sms_transactions',
  smsAccount: 'sms_account',
  smsProduct: 'sms_product',
  smsMarketing: 'sms_marketing',
  pushTransactions: 'push_transactions',
  pushAccount: 'push_account',
  pushProduct: 'push_product',
  pushMarketing: 'push_marketing',
  discoverable: 'discoverable',
  analytics: 'analytics',
  personalisation: 'personalisation',
} as const satisfies Record<keyof Choices, string>;

export const choiceNames = Object.keys(choiceColumns) as (keyof Choices)[];

/** What is known of a user for whom nothing was written. */
export function unwrittenSettings(userId: UserId): Settings {
  const choices = Object.fromEntries(choiceNames.map((name) => [name, null])) as unknown as Choices;
  return { ...choices, userId, version: 0, updatedAt: null };
}

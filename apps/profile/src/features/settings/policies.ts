import {
  DomainError,
  type MessageChannel,
  messageChannels,
  type OptionalCategory,
  optionalCategories,
} from '@bank/domain';
import type { SettingsPatch, SettingsView } from '#features/settings/schemas.ts';
import { type Choices, choiceNames, type Settings, type Switch } from '#storage/settings.entity.ts';

/** What users have who have chosen nothing, as the bank configures it. */
export interface SettingsDefaults {
  readonly currency: string;
  readonly timeZone: string;
}

/** The language of whom nobody knows better: the one that every message has words in. */
const defaultLanguage = 'en';

/** What is sent where nothing was chosen: what concerns one's money everywhere, and offers nowhere. */
const sentByDefault: Readonly<Record<OptionalCategory, readonly MessageChannel[]>> = {
  transactions: ['email', 'sms', 'push'],
  account: ['email', 'push'],
  product: ['email'],
  marketing: [],
};

function switchOf(channel: MessageChannel, category: OptionalCategory): Switch {
  return `${channel}${category.charAt(0).toUpperCase()}${category.slice(1)}` as Switch;
}

/** Whether messages of a category may take a channel. */
function isSwitchedOn(choices: Choices, channel: MessageChannel, category: OptionalCategory): boolean {
  return choices[switchOf(channel, category)] ?? sentByDefault[category].includes(channel);
}

/** Each choice by the name that it has in the contract. */
const contractNames: Readonly<Record<keyof Choices, string>> = {
  ...(Object.fromEntries(
    messageChannels.flatMap((channel) =>
      optionalCategories.map((category) => [switchOf(channel, category), `notifications.${channel}.${category}`]),
    ),
  ) as Record<Switch, string>),
  language: 'language',
  currency: 'currency',
  timeZone: 'timeZone',
  quietFrom: 'quietHours',
  quietTo: 'quietHours',
  discoverable: 'privacy.discoverable',
  analytics: 'privacy.analytics',
  personalisation: 'privacy.personalisation',
};

/** What a patch makes of choices: all of them as they will be, and the names of those that differ. */
export interface SettingsChange {
  readonly choices: Choices;
  readonly changedFields: readonly string[];
}

/** Applies a merge patch. @throws request.invalid for quiet hours with one end, or none between them */
export function applyPatch(settings: Settings, patch: SettingsPatch): SettingsChange {
  const given: Partial<Record<keyof Choices, Choices[keyof Choices] | undefined>> = {
    language: patch.language,
    currency: patch.currency,
    timeZone: patch.timeZone,
    quietFrom: patch.quietHours === null ? null : patch.quietHours?.from,
    quietTo: patch.quietHours === null ? null : patch.quietHours?.to,
    ...patch.privacy,
  };
  for (const channel of messageChannels) {
    for (const category of optionalCategories) {
      given[switchOf(channel, category)] = patch.notifications?.[channel]?.[category];
    }
  }
  const merged = choiceNames.map((name) => [name, given[name] === undefined ? settings[name] : given[name]]);
  const choices = Object.fromEntries(merged) as Choices;
  checkQuietHours(choices);
  const changed = choiceNames.filter((name) => choices[name] !== settings[name]);
  return { choices, changedFields: [...new Set(changed.map((name) => contractNames[name]))] };
}

function checkQuietHours({ quietFrom, quietTo }: Choices): void {
  if (quietFrom === null && quietTo === null) return;
  const path = `quietHours.${quietFrom === null ? 'from' : 'to'}`;
  if (quietFrom === null || quietTo === null) throw invalid(path, 'required');
  if (quietFrom === quietTo) throw invalid(path, 'other_than_from');
}

function invalid(path: string, rule: string): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path, rule }] } });
}

/** The settings as their user sees them. */
export function toSettingsView(settings: Settings, defaults: SettingsDefaults): SettingsView {
  const { quietFrom, quietTo, discoverable, analytics, personalisation } = settings;
  const ofChannel = (channel: MessageChannel) => ({
    security: true as const,
    transactions: isSwitchedOn(settings, channel, 'transactions'),
    account: isSwitchedOn(settings, channel, 'account'),
    product: isSwitchedOn(settings, channel, 'product'),
    marketing: isSwitchedOn(settings, channel, 'marketing'),
  });
  return {
    language: settings.language ?? defaultLanguage,
    currency: settings.currency ?? defaults.currency,
    timeZone: settings.timeZone ?? defaults.timeZone,
    notifications: { email: ofChannel('email'), sms: ofChannel('sms'), push: ofChannel('push') },
    quietHours: quietFrom === null || quietTo === null ? null : { from: quietFrom, to: quietTo },
    // Nothing beyond what the bank needs, until somebody asks for it (GDPR art. 25).
    privacy: {
      discoverable: discoverable ?? false,
      analytics: analytics ?? false,
      personalisation: personalisation ?? false,
    },
    updatedAt: settings.updatedAt?.toISOString() ?? null,
  };
}

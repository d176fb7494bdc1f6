import { CurrencySchema, LanguageSchema, messageChannels, TimeZoneSchema } from '@bank/domain';
import * as v from 'valibot';

const localTime = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'local_time'));
/** Null leaves the choice to the bank. */
const choice = v.nullable(v.boolean());

function ofEachChannel<const S extends v.GenericSchema>(schema: S) {
  const entries = Object.fromEntries(messageChannels.map((channel) => [channel, schema]));
  return entries as Record<(typeof messageChannels)[number], S>;
}

const CategoriesPatch = v.partial(
  v.strictObject({
    security: v.literal(true, 'always_on'),
    transactions: choice,
    account: choice,
    product: choice,
    marketing: choice,
  }),
);

/** JSON Merge Patch (RFC 7396): a member that is absent stays, `null` gives the default back. */
export const SettingsPatch = v.partial(
  v.strictObject({
    language: v.nullable(LanguageSchema),
    currency: v.nullable(CurrencySchema),
    timeZone: v.nullable(TimeZoneSchema),
    notifications: v.partial(v.strictObject(ofEachChannel(CategoriesPatch))),
    quietHours: v.nullable(v.partial(v.strictObject({ from: localTime, to: localTime }))),
    privacy: v.partial(v.strictObject({ discoverable: choice, analytics: choice, personalisation: choice })),
  }),
);
export type SettingsPatch = v.InferOutput<typeof SettingsPatch>;

const Categories = v.strictObject({
  security: v.literal(true),
  transactions: v.boolean(),
  account: v.boolean(),
  product: v.boolean(),
  marketing: v.boolean(),
});

/** The settings as their user sees them: what was chosen, and the default for the rest. */
export const SettingsView = v.strictObject({
  language: v.string(),
  currency: v.string(),
  timeZone: v.string(),
  notifications: v.strictObject(ofEachChannel(Categories)),
  quietHours: v.nullable(v.strictObject({ from: localTime, to: localTime })),
  privacy: v.strictObject({ discoverable: v.boolean(), analytics: v.boolean(), personalisation: v.boolean() }),
  updatedAt: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
});
export type SettingsView = v.InferOutput<typeof SettingsView>;

import { UserIdSchema, uuidv7 } from '@bank/domain';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type SettingsPatch, SettingsPatch as SettingsPatchSchema } from '#features/settings/schemas.ts';
import { type Settings, unwrittenSettings } from '#storage/settings.entity.ts';
import { applyPatch, toSettingsView } from './policies.ts';

const nothing = unwrittenSettings(v.parse(UserIdSchema, uuidv7()));
const defaults = { currency: 'EUR', timeZone: 'UTC' };

function after(patch: SettingsPatch, settings: Settings = nothing): Settings {
  return { ...settings, ...applyPatch(settings, patch).choices };
}

describe('what nobody has chosen', () => {
  test('is sent where it concerns money, and offered nowhere', () => {
    expect(toSettingsView(nothing, defaults)).toEqual({
      language: 'en',
      currency: 'EUR',
      timeZone: 'UTC',
      notifications: {
        email: { security: true, transactions: true, account: true, product: true, marketing: false },
        sms: { security: true, transactions: true, account: false, product: false, marketing: false },
        push: { security: true, transactions: true, account: true, product: false, marketing: false },
      },
      quietHours: null,
      privacy: { discoverable: false, analytics: false, personalisation: false },
      updatedAt: null,
    });
  });
});

describe('a merge patch', () => {
  test('changes what it names, and names what it changes as the contract does', () => {
    const { choices, changedFields } = applyPatch(nothing, {
      language: 'de',
      notifications: { email: { marketing: true, account: null }, push: { transactions: false } },
      quietHours: { from: '22:00', to: '07:00' },
      privacy: { discoverable: true },
    });
    expect(choices).toMatchObject({
      language: 'de',
      emailMarketing: true,
      emailAccount: null,
      pushTransactions: false,
    });
    expect(changedFields).toEqual([
      ...['language', 'quietHours', 'notifications.email.marketing', 'notifications.push.transactions'],
      'privacy.discoverable',
    ]);
  });

  test('gives a default back by null', () => {
    const chosen = after({ currency: 'NGN', quietHours: { from: '22:00', to: '07:00' }, privacy: { analytics: true } });
    const again = after({ currency: null, quietHours: null, privacy: { analytics: null } }, chosen);
    expect(toSettingsView(again, defaults)).toEqual(toSettingsView(nothing, defaults));
  });

  test('changes one end of quiet hours that are there', () => {
    const chosen = after({ quietHours: { from: '22:00', to: '07:00' } });
    expect(after({ quietHours: { to: '08:30' } }, chosen)).toMatchObject({ quietFrom: '22:00', quietTo: '08:30' });
    expect(() => applyPatch(nothing, { quietHours: { from: '22:00' } })).toThrow();
    expect(() => applyPatch(chosen, { quietHours: { from: '07:00' } })).toThrow();
  });

  test('that was applied changes nothing when it comes again', () => {
    const choice = fc.constantFrom(true, false, null);
    const categories = fc.record({ transactions: choice, marketing: choice }, { requiredKeys: [] });
    const patch = fc.record(
      {
        language: fc.constantFrom('de', 'en', null),
        notifications: fc.record({ email: categories, sms: categories }, { requiredKeys: [] }),
        privacy: fc.record({ discoverable: choice, analytics: choice }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(patch, (given) => {
        const read = v.parse(SettingsPatchSchema, given);
        expect(applyPatch(after(read), read).changedFields).toEqual([]);
      }),
    );
  });
});

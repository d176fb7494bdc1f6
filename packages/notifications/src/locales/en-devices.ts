import type { Catalogue } from '#locales/catalogue.ts';
import { notYou } from '#locales/en-phrases.ts';
import { facts, paragraph } from '#templates/content.ts';

type DeviceTemplate =
  | 'new-device'
  | 'device-trusted'
  | 'device-untrusted'
  | 'device-removed'
  | 'device-key-bound'
  | 'device-key-rotated'
  | 'device-key-removed';

/** What is written about the devices of an account. */
export const deviceMessages: Pick<Catalogue['messages'], DeviceTemplate> = {
  'new-device': (values, { brand, time }) => ({
    subject: `New sign-in to your account at ${brand}`,
    parts: [
      paragraph('Your account was signed in to on a device that we have not seen with you before.'),
      facts(['When', time(values.at)], ['Device', values.device], ['Place', values.place]),
      paragraph(`If this was you, you need do nothing. ${notYou}`),
    ],
  }),
  'device-trusted': (values, { brand, time }) => ({
    subject: `A device is now trusted with your account at ${brand}`,
    parts: [
      paragraph('One of the devices that you sign in on was marked as trusted.'),
      facts(['When', time(values.at)], ['Device', values.device]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
  'device-untrusted': (values, { brand, time }) => ({
    subject: `A device is no longer trusted with your account at ${brand}`,
    parts: [
      paragraph('One of the devices that you sign in on is not marked as trusted any more. It can still sign in.'),
      facts(['When', time(values.at)], ['Device', values.device]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
  'device-removed': (values, { brand, time }) => ({
    subject: `A device was removed from your account at ${brand}`,
    parts: [
      paragraph('It was signed out, and counts as a new one if somebody signs in on it again.'),
      facts(['When', time(values.at)], ['Device', values.device]),
      paragraph(`If you asked for it, you need do nothing. ${notYou}`),
    ],
  }),
  'device-key-bound': (values, { brand, time }) => ({
    subject: `A device can now confirm transactions at ${brand}`,
    parts: [
      paragraph('A key was made on one of your devices. With it that device confirms payments and other transactions.'),
      facts(['When', time(values.at)], ['Device', values.device]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
  'device-key-rotated': (values, { brand, time }) => ({
    subject: `A device has a new key at ${brand}`,
    parts: [
      paragraph('The key with which one of your devices confirms transactions was replaced by a new one.'),
      facts(['When', time(values.at)], ['Device', values.device]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
  'device-key-removed': (values, { brand, time }) => ({
    subject: `A device can no longer confirm transactions at ${brand}`,
    parts: [
      paragraph('The key with which one of your devices confirmed transactions was removed.'),
      facts(['When', time(values.at)], ['Device', values.device]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
};

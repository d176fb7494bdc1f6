import type { Catalogue } from '#locales/catalogue.ts';
import { minutes, notYou } from '#locales/en-phrases.ts';
import { facts, paragraph } from '#templates/content.ts';

type FactorTemplate =
  | 'factor-code'
  | 'sms-factor-added'
  | 'factor-added'
  | 'factor-removed'
  | 'factor-changed'
  | 'recovery-codes-created'
  | 'recovery-code-used'
  | 'recovery-codes-low'
  | 'second-factor-blocked'
  | 'step-up-code'
  | 'passkey-copied';

/** What is written about second factors. */
export const factorMessages: Pick<Catalogue['messages'], FactorTemplate> = {
  'factor-code': (values, { brand }) => ({
    subject: `Your code to add email as a second factor at ${brand}`,
    parts: [
      paragraph('Enter this code to have codes sent to this address when you sign in:'),
      { kind: 'code', code: values.code },
      paragraph(`It works once and for ${minutes(values.minutes)}. Do not give it to anyone.`),
      paragraph('If you did not ask for it, someone is using your account: change your password now.'),
    ],
  }),
  'sms-factor-added': (values, { brand, time }) => ({
    subject: `Text messages were added as a second factor to your account at ${brand}`,
    parts: [
      paragraph('From now on a code that is sent to your phone is asked for when you sign in.'),
      facts(['When', time(values.at)]),
      paragraph(
        'Text messages can be read by whoever takes over your number. An authenticator app protects you better: add one, and remove this factor.',
      ),
      paragraph(`If you added it, you need do nothing. ${notYou}`),
    ],
  }),
  'factor-added': (values, { brand, time }) => ({
    subject: `A second factor was added to your account at ${brand}`,
    parts: [
      paragraph('From now on you are asked for it when you sign in.'),
      facts(['When', time(values.at)]),
      paragraph(`If you added it, you need do nothing. ${notYou}`),
    ],
  }),
  'factor-removed': (values, { brand, time }) => ({
    subject: `A second factor was removed from your account at ${brand}`,
    parts: [
      paragraph('It does not open your account any more.'),
      facts(['When', time(values.at)]),
      paragraph(`If you removed it, you need do nothing. ${notYou}`),
    ],
  }),
  'factor-changed': (values, { brand, time }) => ({
    subject: `A second factor of your account at ${brand} was changed`,
    parts: [
      paragraph('It has another name now, or is the one that you are asked for first. It opens what it opened before.'),
      facts(['When', time(values.at)]),
      paragraph(`If you changed it, you need do nothing. ${notYou}`),
    ],
  }),
  'passkey-copied': (values, { brand, time }) => ({
    subject: `A passkey of your account at ${brand} may have been copied`,
    parts: [
      paragraph('A passkey was used in a way that suggests there are two of it. We did not accept it.'),
      facts(['When', time(values.at)]),
      paragraph(
        'Remove this passkey from your second factors, and add another. If you did not try to sign in, do so now.',
      ),
    ],
  }),
  'recovery-codes-created': (values, { brand, time }) => ({
    subject: `New recovery codes for your account at ${brand}`,
    parts: [
      paragraph('New recovery codes were made for your account. All older ones are of no use any more.'),
      facts(['When', time(values.at)]),
      paragraph(`Keep them where only you find them. ${notYou}`),
    ],
  }),
  'recovery-code-used': (values, { brand, time }) => ({
    subject: `A recovery code of your account at ${brand} was used`,
    parts: [
      paragraph('One of your recovery codes was used in place of a second factor.'),
      facts(['When', time(values.at)], ['Codes left', String(values.remaining)]),
      paragraph(`If this was you, make new codes before they run out. ${notYou}`),
    ],
  }),
  'recovery-codes-low': (values, { brand, time }) => ({
    subject: `Few recovery codes are left for your account at ${brand}`,
    parts: [
      paragraph('One of your recovery codes was used in place of a second factor. Make new codes now, while you can.'),
      facts(['When', time(values.at)], ['Codes left', String(values.remaining)]),
      paragraph(`If this was you, nothing is wrong. ${notYou}`),
    ],
  }),
  'second-factor-blocked': (values, { brand, time }) => ({
    subject: `Codes for your account at ${brand} are blocked for a while`,
    parts: [
      paragraph(`On ${time(values.at)} too many wrong codes were entered for your account.`),
      paragraph(`The next code is taken in ${minutes(values.minutes)}.`),
      paragraph('If it was not you, someone knows your password: change it now.'),
    ],
  }),
  'step-up-code': (values, { brand }) => ({
    subject: `Your code to confirm that it is you at ${brand}`,
    parts: [
      paragraph('Enter this code to go on:'),
      { kind: 'code', code: values.code },
      paragraph(`It works once and for ${minutes(values.minutes)}. Do not give it to anyone.`),
      paragraph('If you did not ask for it, someone is using your account: change your password now.'),
    ],
  }),
};

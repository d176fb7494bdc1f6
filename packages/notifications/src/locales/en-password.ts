import type { Catalogue } from '#locales/catalogue.ts';
import { minutes } from '#locales/en-phrases.ts';
import { facts, paragraph } from '#templates/content.ts';

/** What is written about passwords, and to colleagues who have none yet. */
export const passwordMessages: Pick<Catalogue['messages'], 'password-reset' | 'password-changed' | 'staff-invitation'> =
  {
    'password-reset': (values, { brand }) => ({
      subject: `Choose another password for your account at ${brand}`,
      parts: [
        paragraph('Open this link to choose another password:'),
        { kind: 'link', label: 'Choose another password', url: values.url },
        paragraph(`It works once and for ${minutes(values.minutes)}. Do not pass it on.`),
        paragraph('If you did not ask for it, you need do nothing: your password is as it was.'),
      ],
    }),
    'password-changed': (values, { brand, time }) => ({
      subject: `The password of your account at ${brand} was changed`,
      parts: [
        paragraph('Your account has another password. Sessions on other devices have ended.'),
        facts(['When', time(values.at)]),
        paragraph('If this was not you, ask for another password now, and look at your second factors and devices.'),
      ],
    }),
    'staff-invitation': (values, { brand }) => ({
      subject: `Your access to the systems of ${brand}`,
      parts: [
        paragraph('Open this link to choose your password and to enrol a passkey, with which you sign in:'),
        { kind: 'link', label: 'Activate my access', url: values.url },
        paragraph(`It works once and for ${values.hours} hours. Do not pass it on.`),
        paragraph('If you do not expect it, tell the colleagues who look after our systems.'),
      ],
    }),
  };

import type { Catalogue } from '#locales/catalogue.ts';
import { minutes } from '#locales/en-phrases.ts';
import { type Content, facts, paragraph } from '#templates/content.ts';

type RecoveryTemplate =
  | 'account-recovery'
  | 'recovery-in-review'
  | 'recovery-waiting'
  | 'recovery-cancelled'
  | 'recovery-completed';

function wayOut(url: string): Content['parts'] {
  return [
    paragraph(
      'If you did not ask for it, or have found what you had lost, open this link. It works without signing in:',
    ),
    { kind: 'link', label: 'End the recovery', url },
  ];
}

/** What is written to somebody who has lost every second factor, or whose account somebody else wants. */
export const recoveryMessages: Pick<Catalogue['messages'], RecoveryTemplate> = {
  'account-recovery': (values, { brand }) => ({
    subject: `Recover your account at ${brand}`,
    parts: [
      paragraph('Open this link to go on, if you have lost every second factor of your account:'),
      { kind: 'link', label: 'Recover my account', url: values.url },
      paragraph(
        `It works once and for ${minutes(values.minutes)}. Do not pass it on. A recovery code is asked for next.`,
      ),
      paragraph('If you did not ask for it, you need do nothing: your account is as it was.'),
    ],
  }),
  'recovery-in-review': (values, { brand, time }) => ({
    subject: `We look into the recovery of your account at ${brand}`,
    parts: [
      paragraph(
        'Your account is to be recovered without a recovery code. We ask you to prove who you are before anything is done.',
      ),
      facts(['When', time(values.at)]),
      ...wayOut(values.url),
    ],
  }),
  'recovery-waiting': (values, { brand, time }) => ({
    subject: `The second factors of your account at ${brand} will be removed`,
    parts: [
      paragraph(
        'The recovery of your account was proven. When the time below has come, all second factors and recovery codes are removed, everybody is signed out, and you get a link for choosing another password.',
      ),
      facts(['Asked for', time(values.at)], ['Will be done', time(values.until)]),
      ...wayOut(values.url),
    ],
  }),
  'recovery-cancelled': (values, { brand, time }) => ({
    subject: `The recovery of your account at ${brand} was ended`,
    parts: [
      paragraph('Nothing has changed: your second factors are as they were.'),
      facts(['When', time(values.at)]),
      paragraph(
        'If you had not asked for the recovery, someone reads your mail or has your recovery codes: change the passwords of both, and make new codes.',
      ),
    ],
  }),
  'recovery-completed': (values, { brand, time }) => ({
    subject: `Your account at ${brand} was recovered`,
    parts: [
      paragraph(
        'All second factors and recovery codes were removed, and everybody was signed out. The password of before is of no use any more: choose another one by the link in our other mail.',
      ),
      facts(['When', time(values.at)]),
      paragraph(
        'Then add a new second factor. If you did not ask for this, contact us at once, the way you always do.',
      ),
    ],
  }),
};

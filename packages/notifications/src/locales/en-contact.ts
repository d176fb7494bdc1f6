import type { Catalogue } from '#locales/catalogue.ts';
import { days, minutes, notYou } from '#locales/en-phrases.ts';
import { type Content, facts, paragraph } from '#templates/content.ts';

type ContactTemplate =
  | 'phone-changed'
  | 'email-code'
  | 'email-change-attempted'
  | 'email-change-requested'
  | 'email-changed'
  | 'email-replaced'
  | 'email-reverted';

function wayBack({ url, days: count }: { url?: string; days?: number }, label: string): Content['parts'] {
  if (url === undefined || count === undefined) return [paragraph('If this was not you, tell us now.')];
  return [
    paragraph(
      `If this was not you, open this link. It works for ${days(count)} without signing in: your account keeps this address, and everybody is signed out.`,
    ),
    { kind: 'link', label, url },
  ];
}

/** What is written about a user's own addresses. */
export const contactMessages: Pick<Catalogue['messages'], ContactTemplate> = {
  'phone-changed': (values, { brand, time }) => ({
    subject: `The phone number of your account at ${brand} was changed`,
    parts: [
      paragraph(
        'Another phone number was confirmed for your account. The one before, if there was one, opens nothing any more.',
      ),
      facts(['When', time(values.at)]),
      ...(values.days === undefined
        ? []
        : [paragraph(`For your safety no codes are sent to it for ${days(values.days)}. You are told of everything.`)]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
  'email-code': (values, { brand }) => ({
    subject: `Confirm your new email address for ${brand}`,
    parts: [
      paragraph('Enter this code to use this address for your account:'),
      { kind: 'code', code: values.code },
      paragraph(`It works once and for ${minutes(values.minutes)}. Do not give it to anyone.`),
      paragraph('If you did not ask for it, you need do nothing: without the code the address is not used.'),
    ],
  }),
  'email-change-attempted': (values, { brand, time }) => ({
    subject: `Someone wanted to use your address for another account at ${brand}`,
    parts: [
      paragraph(
        `On ${time(values.at)} the user of another account asked to change to this email address. It belongs to yours.`,
      ),
      paragraph('If it was you, remember that you have two accounts: an address belongs to one of them.'),
      paragraph('If it was not you, you need do nothing: your account has not changed.'),
    ],
  }),
  'email-change-requested': (values, { brand, time }) => ({
    subject: `Another email address was asked for at ${brand}`,
    parts: [
      paragraph(
        'Someone who is signed in to your account wants to use another email address. Nothing has changed yet.',
      ),
      facts(['When', time(values.at)]),
      paragraph('If you did this, you need do nothing here: the other address has to be confirmed.'),
      ...wayBack(values, 'Keep this address'),
    ],
  }),
  'email-changed': (values, { brand, time }) => ({
    subject: `This is the email address of your account at ${brand} now`,
    parts: [
      paragraph('From now on you sign in with this address, and our mail comes here.'),
      facts(['When', time(values.at)]),
      paragraph(
        'The address before has been told. Where a way back was sent with it, it can be put back from there for some days.',
      ),
    ],
  }),
  'email-replaced': (values, { brand, time }) => ({
    subject: `The email address of your account at ${brand} was changed`,
    parts: [
      paragraph('Another email address was confirmed for your account. This one opens nothing any more.'),
      facts(['When', time(values.at)]),
      paragraph('If you did this, you need do nothing.'),
      ...wayBack(values, 'Put this address back'),
    ],
  }),
  'email-reverted': (values, { brand, time }) => ({
    subject: `The email address of your account at ${brand} was put back`,
    parts: [
      paragraph(
        'The link in our mail about a change of your email address was used: the account has the address that the mail went to, and everybody was signed out.',
      ),
      facts(['When', time(values.at)]),
      paragraph(
        'If the change was not yours, someone was signed in to your account: choose another password now, and look at your second factors and devices.',
      ),
    ],
  }),
};

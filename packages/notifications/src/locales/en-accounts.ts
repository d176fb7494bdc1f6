import type { Catalogue } from '#locales/catalogue.ts';
import { notYou } from '#locales/en-phrases.ts';
import { facts, paragraph } from '#templates/content.ts';

type AccountTemplate = 'bank-account-linked' | 'bank-account-unlinked' | 'bank-account-default';

/** What is written about accounts that a user has elsewhere. */
export const accountMessages: Pick<Catalogue['messages'], AccountTemplate> = {
  'bank-account-linked': (values, { brand, time }) => ({
    subject: `A bank account was linked to your account at ${brand}`,
    parts: [
      paragraph('Money can be sent to it from now on.'),
      facts(['When', time(values.at)], ['Bank', values.bank]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
  'bank-account-unlinked': (values, { brand, time }) => ({
    subject: `A bank account was unlinked from your account at ${brand}`,
    parts: [
      paragraph('No money is sent to it any more.'),
      facts(['When', time(values.at)]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
  'bank-account-default': (values, { brand, time }) => ({
    subject: `Another bank account is the default of your account at ${brand}`,
    parts: [
      paragraph('Where no other account is named, money is sent to this one from now on.'),
      facts(['When', time(values.at)], ['Bank', values.bank]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
};

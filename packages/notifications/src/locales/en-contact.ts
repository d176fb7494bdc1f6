import type { Catalogue } from '#locales/catalogue.ts';
import { notYou } from '#locales/en-phrases.ts';
import { facts, paragraph } from '#templates/content.ts';

/** What is written about a user's own addresses. */
export const contactMessages: Pick<Catalogue['messages'], 'phone-changed'> = {
  'phone-changed': (values, { brand, time }) => ({
    subject: `The phone number of your account at ${brand} was changed`,
    parts: [
      paragraph(
        'Another phone number was confirmed for your account. The one before, if there was one, opens nothing any more.',
      ),
      facts(['When', time(values.at)]),
      paragraph(`If you did this, you need do nothing. ${notYou}`),
    ],
  }),
};

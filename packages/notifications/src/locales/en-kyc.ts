import type { Catalogue } from '#locales/catalogue.ts';
import { days } from '#locales/en-phrases.ts';
import { facts, paragraph } from '#templates/content.ts';

type KycTemplate = 'kyc-approved' | 'kyc-rejected' | 'kyc-more-information' | 'kyc-expiring' | 'kyc-expired';

/** Nothing of the documents stands in mail, and no link that could be forged. */
const open = 'Open the app the way you always do to see more. We never ask for documents by email.';

/** What is written about the verification of a person. */
export const kycMessages: Pick<Catalogue['messages'], KycTemplate> = {
  'kyc-approved': (values, { brand, time }) => ({
    subject: `Your identity is verified at ${brand}`,
    parts: [
      paragraph('We have verified who you are. Your higher limits apply from now on.'),
      facts(['When', time(values.at)]),
      paragraph('Your name, date of birth and nationality can only be changed by a request from now on.'),
    ],
  }),
  'kyc-rejected': (values, { brand, time }) => ({
    subject: `We could not verify your identity at ${brand}`,
    parts: [
      paragraph('We could not verify who you are by what you sent us. Your limits stay as they are.'),
      facts(['When', time(values.at)]),
      paragraph(open),
    ],
  }),
  'kyc-more-information': (values, { brand, time }) => ({
    subject: `We need more from you to verify your identity at ${brand}`,
    parts: [
      paragraph('What you sent us is not enough yet to verify who you are.'),
      facts(['When', time(values.at)]),
      paragraph(open),
    ],
  }),
  'kyc-expiring': (values, { brand }) => ({
    subject: `A document of yours runs out soon: verify your identity at ${brand} again`,
    parts: [
      paragraph(`A document that your verification rests on runs out in ${days(values.days)}.`),
      paragraph('Show a newer one before that, and your limits stay as they are.'),
      paragraph(open),
    ],
  }),
  'kyc-expired': (values, { brand, time }) => ({
    subject: `Your verification at ${brand} has run out`,
    parts: [
      paragraph(
        'A document that your verification rested on has run out. Lower limits apply until you show a newer one.',
      ),
      facts(['When', time(values.at)]),
      paragraph(open),
    ],
  }),
};

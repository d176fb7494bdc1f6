import type { Catalogue } from '#locales/catalogue.ts';
import { facts, paragraph } from '#templates/content.ts';

type ProfileTemplate = 'profile-change-requested' | 'profile-change-approved' | 'profile-change-rejected';

/** What is written about a request to change what was verified. It names no field and no value. */
export const profileMessages: Pick<Catalogue['messages'], ProfileTemplate> = {
  'profile-change-requested': (values, { brand, time }) => ({
    subject: `You asked ${brand} to change your personal details`,
    parts: [
      paragraph('We look into the change that you asked for. Your details stay as they are until we have decided.'),
      facts(['When', time(values.at)]),
      paragraph(
        'If you did not ask for it, somebody else is signed in to your account: withdraw the request, change your password and contact us.',
      ),
    ],
  }),
  'profile-change-approved': (values, { brand, time }) => ({
    subject: `Your personal details at ${brand} were changed`,
    parts: [
      paragraph('We have made the change that you asked for. You see it in your profile.'),
      facts(['When', time(values.at)]),
      paragraph('If you did not ask for it, contact us at once, the way you always do.'),
    ],
  }),
  'profile-change-rejected': (values, { brand, time }) => ({
    subject: `Your personal details at ${brand} stay as they are`,
    parts: [
      paragraph('We could not make the change that you asked for. In your profile you see why, and can ask again.'),
      facts(['When', time(values.at)]),
    ],
  }),
};

import type { Catalogue } from '#locales/catalogue.ts';
import { facts, paragraph } from '#templates/content.ts';

type StandingTemplate =
  | 'account-stopped'
  | 'account-opened-again'
  | 'account-suspended'
  | 'account-closed'
  | 'roles-changed'
  | 'factors-reset';

/** What to do about a decision that one does not understand. It names no link and no number: mail can be forged. */
const ask = 'If you have questions, contact us the way you always do, not by an answer to this message.';

/** What is written about what the bank has done to an account. */
export const standingMessages: Pick<Catalogue['messages'], StandingTemplate> = {
  'account-stopped': (values, { brand, time }) => ({
    subject: `Your account at ${brand} was locked for your safety`,
    parts: [
      paragraph('We locked your account and ended all its sessions. Nobody can sign in until it is unlocked.'),
      facts(['When', time(values.at)]),
      paragraph(ask),
    ],
  }),
  'account-opened-again': (values, { brand, time }) => ({
    subject: `Your account at ${brand} is open again`,
    parts: [paragraph('You can sign in to your account again.'), facts(['When', time(values.at)]), paragraph(ask)],
  }),
  'account-suspended': (values, { brand, time }) => ({
    subject: `Your account at ${brand} was suspended`,
    parts: [
      paragraph('We suspended your account and ended all its sessions. You cannot sign in for now.'),
      facts(['When', time(values.at)]),
      paragraph(ask),
    ],
  }),
  'account-closed': (values, { brand, time }) => ({
    subject: `Your account at ${brand} was closed`,
    parts: [
      paragraph('We closed your account and ended all its sessions.'),
      facts(['When', time(values.at)]),
      paragraph(ask),
    ],
  }),
  'roles-changed': (values, { brand, time }) => ({
    subject: `What you may do at ${brand} has changed`,
    parts: [
      paragraph('The roles of your account were changed, and all its sessions ended. Sign in again to go on.'),
      facts(['When', time(values.at)]),
      paragraph(ask),
    ],
  }),
  'factors-reset': (values, { brand, time }) => ({
    subject: `The second factors of your account at ${brand} were removed`,
    parts: [
      paragraph(
        'We removed all second factors and recovery codes of your account and ended all its sessions, as you or somebody in your name asked us to, or because you work for us from now on.',
      ),
      facts(['When', time(values.at)]),
      paragraph(
        'If you did not ask for it, contact us at once, the way you always do. If you did, add a new factor now.',
      ),
    ],
  }),
};

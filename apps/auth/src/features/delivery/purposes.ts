import type { SmsTemplateName, TemplateName } from '@bank/notifications';

/**
 * Why a message is sent. Each is counted apart, so that nobody can use up the messages of another:
 * - `registration`, `change`: what a stranger can have sent to anybody, and what goes to an address because a user claims it;
 * - `recovery`: links for another password, which anybody can ask for who knows the address of a user;
 * - `sign_in`: codes of sign-ins, which whoever has the password alone can ask for again and again (SR-14);
 * - `asked`: codes that a live session asked for, and invitations;
 * - `way_back`: tells a user of something that the link in it undoes: no code that somebody asks for keeps it back;
 * - `factors`: what somebody is let in by was added or removed. These mails have no limit but that of what they tell of (SR-20);
 * - `password`: another password, which its user may choose again and again without a factor;
 * - `recovery_code`: what each use of a recovery code brings;
 * - `credentials`: others sign in from now on than did, or by other means: few, and a sign-in alone brings none (SR-20);
 * - `alarm`: what may be theft. A thief who signs in can bring it about, so it takes nothing from `credentials`;
 * - `bank_account`, `device`, `factor` (another name or order): what somebody who is signed in can do again and again;
 * - `device_key`: a key approves payments, so no trust in devices, given again and again, keeps back what tells of it (SR-20);
 * - `notice`: all others, among them those that every sign-in brings.
 */
export type MessagePurpose =
  | 'registration'
  | 'change'
  | 'recovery'
  | 'sign_in'
  | 'asked'
  | 'way_back'
  | 'factors'
  | 'password'
  | 'recovery_code'
  | 'credentials'
  | 'alarm'
  | 'bank_account'
  | 'device'
  | 'device_key'
  | 'factor'
  | 'notice';

/** The compiler names a template that has none. */
const purposes: Readonly<Record<TemplateName | SmsTemplateName, MessagePurpose>> = {
  'registration-code': 'registration',
  'registration-link': 'registration',
  'registration-attempted': 'registration',
  'phone-code': 'change',
  'email-code': 'change',
  'email-change-attempted': 'change',
  'password-reset': 'recovery',
  'account-recovery': 'recovery',
  'sign-in-code': 'sign_in',
  'step-up-code': 'asked',
  'factor-code': 'asked',
  'transaction-code': 'asked',
  'staff-invitation': 'asked',
  'email-change-requested': 'way_back',
  'email-replaced': 'way_back',
  'recovery-in-review': 'way_back',
  'recovery-waiting': 'way_back',
  'factor-added': 'factors',
  'sms-factor-added': 'factors',
  'factor-removed': 'factors',
  'factors-reset': 'factors',
  'recovery-codes-created': 'factors',
  'password-changed': 'password',
  'recovery-code-used': 'recovery_code',
  'recovery-codes-low': 'recovery_code',
  'recovery-cancelled': 'credentials',
  'recovery-completed': 'credentials',
  'email-changed': 'credentials',
  'email-reverted': 'credentials',
  'phone-changed': 'credentials',
  'roles-changed': 'credentials',
  'account-stopped': 'credentials',
  'account-opened-again': 'credentials',
  'account-suspended': 'credentials',
  'account-closed': 'credentials',
  'refresh-token-reuse': 'alarm',
  'passkey-copied': 'alarm',
  'second-factor-blocked': 'alarm',
  'bank-account-linked': 'bank_account',
  'bank-account-unlinked': 'bank_account',
  'bank-account-default': 'bank_account',
  'device-trusted': 'device',
  'device-untrusted': 'device',
  'device-removed': 'device',
  'device-key-bound': 'device_key',
  'device-key-rotated': 'device_key',
  'device-key-removed': 'device_key',
  'factor-changed': 'factor',
  welcome: 'notice',
  'new-device': 'notice',
  'sign-in-after-failures': 'notice',
  'sign-in-denied': 'notice',
  'account-locked': 'notice',
  'session-revoked': 'notice',
  'profile-change-requested': 'notice',
  'profile-change-approved': 'notice',
  'profile-change-rejected': 'notice',
  'kyc-approved': 'notice',
  'kyc-rejected': 'notice',
  'kyc-more-information': 'notice',
  'kyc-expiring': 'notice',
  'kyc-expired': 'notice',
};

/** What a message is sent for. One that is none of today's, as another release wrote it, is a notice. */
export function purposeOf(template: string): MessagePurpose {
  return Object.hasOwn(purposes, template) ? purposes[template as keyof typeof purposes] : 'notice';
}

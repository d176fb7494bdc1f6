import { encodeParameters, optional, type ParameterRules, required, type ValuesOf } from '#templates/parameters.ts';

/** Every message of the system and what it has to be told. The words are in `locales/`. */
export const templates = {
  /** Confirms an address during registration. */
  'registration-code': { code: required('code'), minutes: required('count') },
  /** The same by a one-time link, when codes to that address have been guessed at. */
  'registration-link': { url: required('url'), minutes: required('count') },
  /** To the owner of an address with which somebody tried to register again. */
  'registration-attempted': { at: required('time') },
  welcome: {},
  /** The second step of a sign-in that looked unusual, for a user without a second factor. */
  'sign-in-code': { code: required('code'), minutes: required('count') },
  'new-device': { at: required('time'), device: optional('text'), place: optional('text') },
  'device-trusted': { at: required('time'), device: optional('text') },
  'device-untrusted': { at: required('time'), device: optional('text') },
  /** By its user or by staff; its sessions have ended. */
  'device-removed': { at: required('time'), device: optional('text') },
  /** The key with which a device confirms transactions. */
  'device-key-bound': { at: required('time'), device: optional('text') },
  'device-key-rotated': { at: required('time'), device: optional('text') },
  'device-key-removed': { at: required('time'), device: optional('text') },
  'sign-in-after-failures': { at: required('time'), failures: required('count'), device: optional('text') },
  'account-locked': { at: required('time'), minutes: required('count') },
  /** A spent refresh token came back: the session has been ended. */
  'refresh-token-reuse': { at: required('time'), device: optional('text') },
  /** The right password, but the sign-in was refused because of its risk. */
  'sign-in-denied': { at: required('time'), device: optional('text'), place: optional('text') },
  /** Proves that a user reads the mail that will be their second factor. */
  'factor-code': { code: required('code'), minutes: required('count') },
  /** Text messages were added as one: says what they do not protect against (SR-28). */
  'sms-factor-added': { at: required('time') },
  'factor-added': { at: required('time') },
  'factor-removed': { at: required('time') },
  /** One has another name, or is asked for first. */
  'factor-changed': { at: required('time') },
  'recovery-codes-created': { at: required('time') },
  'recovery-code-used': { at: required('time'), remaining: required('count') },
  /** The same, with few or none left. */
  'recovery-codes-low': { at: required('time'), remaining: required('count') },
  /** Too many wrong second factors in a row. */
  'second-factor-blocked': { at: required('time'), minutes: required('count') },
  /** The second step of confirming who one is, for a user without a second factor on a device not known. */
  'step-up-code': { code: required('code'), minutes: required('count') },
  /** Its count of signatures did not grow: two may have its key. */
  'passkey-copied': { at: required('time') },
  /** What staff or the bank have done to the account. */
  'account-stopped': { at: required('time') },
  'account-opened-again': { at: required('time') },
  'account-suspended': { at: required('time') },
  'account-closed': { at: required('time') },
  'roles-changed': { at: required('time') },
  'factors-reset': { at: required('time') },
  /** What became of a request to change what was verified. */
  'profile-change-requested': { at: required('time') },
  'profile-change-approved': { at: required('time') },
  'profile-change-rejected': { at: required('time') },
  /** A link for choosing another password. */
  'password-reset': { url: required('url'), minutes: required('count') },
  'password-changed': { at: required('time') },
  /** A link for somebody who has lost every factor. */
  'account-recovery': { url: required('url'), minutes: required('count') },
  /** What becomes of it; the link ends it. */
  'recovery-in-review': { at: required('time'), url: required('url') },
  'recovery-waiting': { at: required('time'), until: required('time'), url: required('url') },
  'recovery-cancelled': { at: required('time') },
  'recovery-completed': { at: required('time') },
  /** To somebody who is to become a member of staff. */
  'staff-invitation': { url: required('url'), hours: required('count') },
  'phone-changed': { at: required('time'), days: optional('count') },
  /** Proves that a user reads the mail of the address that they want to change to. */
  'email-code': { code: required('code'), minutes: required('count') },
  /** To the owner of an address that somebody else wanted to change to. */
  'email-change-attempted': { at: required('time') },
  /** To the address that a user has, with a way to keep it where there is one. */
  'email-change-requested': { at: required('time'), url: optional('url'), days: optional('count') },
  /** To the address that the user has from now on. */
  'email-changed': { at: required('time') },
  /** To the one that the user had, with a way back where there is one. */
  'email-replaced': { at: required('time'), url: optional('url'), days: optional('count') },
  /** To both, when that way was taken. */
  'email-reverted': { at: required('time') },
  /** Where the verification of a user has come to. */
  'kyc-approved': { at: required('time') },
  'kyc-rejected': { at: required('time') },
  'kyc-more-information': { at: required('time') },
  /** A document that it rests on runs out soon, or has. */
  'kyc-expiring': { days: required('count') },
  'kyc-expired': { at: required('time') },
  'session-revoked': { at: required('time'), device: optional('text') },
  /** Accounts at other banks, to which money is sent. */
  'bank-account-linked': { at: required('time'), bank: optional('text') },
  'bank-account-unlinked': { at: required('time') },
  'bank-account-default': { at: required('time'), bank: optional('text') },
} as const satisfies Record<string, ParameterRules>;

export type TemplateName = keyof typeof templates;
export type TemplateValues<N extends TemplateName> = ValuesOf<(typeof templates)[N]>;

/** Whether a stored name is one of today's templates. */
export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name);
}

/**
 * A template with its parameters, as a delivery carries them: `tx.deliver({ to, channel: 'email', expiresAt,
 * ...messageOf('registration-code', { code, minutes: 10 }) })`.
 */
export function messageOf<N extends TemplateName>(
  template: N,
  values: TemplateValues<N>,
): { template: N; params: Record<string, string> } {
  const rules: ParameterRules = templates[template];
  return { template, params: encodeParameters(rules, values as ValuesOf<ParameterRules>) };
}

import { encodeParameters, type ParameterRules, required, type ValuesOf } from '#templates/parameters.ts';

/** Every text message of the system and what it has to be told. The words are in `locales/`. */
export const smsTemplates = {
  /** Proves that somebody reads the messages of a number. */
  'phone-code': { code: required('code'), minutes: required('count') },
  /** A second factor: of a sign-in, of confirming who one is, and of enrolling it. */
  'sign-in-code': { code: required('code'), minutes: required('count') },
  'step-up-code': { code: required('code'), minutes: required('count') },
  'factor-code': { code: required('code'), minutes: required('count') },
  /** Approves what it states: amount and payee of a payment (RTS art. 5). */
  'transaction-code': { code: required('code'), minutes: required('count'), transaction: required('text') },
  /** To the number of a user whose password was chosen anew by who reads their mail. */
  'password-changed': {},
  /** To a number that is its user's no longer. */
  'phone-changed': {},
  /** To the number of a user whose address was proven just now: another one, or the one that they were imported with. */
  'email-changed': {},
  /** To the number of a user whose recovery staff decide on, whose factors are to be removed, and were. */
  'recovery-in-review': {},
  'recovery-waiting': {},
  'recovery-completed': {},
} as const satisfies Record<string, ParameterRules>;

export type SmsTemplateName = keyof typeof smsTemplates;
export type SmsTemplateValues<N extends SmsTemplateName> = ValuesOf<(typeof smsTemplates)[N]>;

/** Whether a stored name is one of today's text messages. */
export function isSmsTemplateName(name: string): name is SmsTemplateName {
  return Object.hasOwn(smsTemplates, name);
}

/** Whether a text message says a code and how long it is good for, and no more: nothing that its reader has to compare. */
export function isCodeAlone(name: SmsTemplateName): boolean {
  return Object.keys(smsTemplates[name]).toSorted().join() === 'code,minutes';
}

/** A text message with its parameters, as a delivery carries them: `tx.deliver({ to, expiresAt, ...smsOf('phone-code', …) })`. */
export function smsOf<N extends SmsTemplateName>(
  template: N,
  values: SmsTemplateValues<N>,
): { channel: 'sms'; template: N; params: Record<string, string> } {
  const rules: ParameterRules = smsTemplates[template];
  return { channel: 'sms', template, params: encodeParameters(rules, values as ValuesOf<ParameterRules>) };
}

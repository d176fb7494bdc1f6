import type { TemplateName } from '@bank/notifications';
import type { Config } from '#config.ts';
import type { DeliveryChannel } from '#storage/deliveries/delivery.repository.ts';

const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

/**
 * How long one replica may hold a delivery it is sending; afterwards another may take it up. Longer than all carriers of a
 * channel can take one after the other.
 */
export const sendingLeaseMs = 120_000;

/** Messages of one channel that one replica is sending at once. */
export const sendingMax = 32;

/**
 * When to try a message again after its `attempts`-th failure: 5 s, doubling to 5 minutes.
 * `undefined` when the message would be late by then: it has expired.
 */
export function nextAttempt(attempts: number, now: Date, expiresAt: Date): Date | undefined {
  const wait = Math.min(firstRetryMs * 2 ** Math.max(attempts - 1, 0), longestRetryMs);
  const next = new Date(now.getTime() + wait);
  return next < expiresAt ? next : undefined;
}

/** Why a message is sent. Each is counted apart, so that nobody can use up the messages of another. */
export type MessagePurpose =
  | 'registration'
  | 'change'
  | 'recovery'
  | 'way_back'
  | 'asked'
  | 'credentials'
  | 'device'
  | 'notice';

/** What goes to an address because another user claims to own it, or wants to. */
const aboutChanges = new Set(['phone-code', 'email-code', 'email-change-attempted']);

/** What tells a user of something that the link in it undoes: no code that somebody asks for keeps it back. */
const waysBack = new Set(['email-change-requested', 'email-replaced', 'recovery-in-review', 'recovery-waiting']);

/** What tells a user that others sign in from now on than did, or by other means: few, and a sign-in alone brings none (SR-20). */
const aboutCredentials: ReadonlySet<string> = new Set<TemplateName>([
  'password-changed',
  'factor-added',
  'sms-factor-added',
  'factor-removed',
  'factors-reset',
  'recovery-codes-created',
  'recovery-code-used',
  'recovery-codes-low',
  'recovery-cancelled',
  'recovery-completed',
  'email-changed',
  'email-reverted',
  'phone-changed',
  'roles-changed',
]);

/** What somebody who is signed in can do to devices again and again. */
const aboutDevices: ReadonlySet<string> = new Set<TemplateName>([
  'device-trusted',
  'device-untrusted',
  'device-removed',
  'device-key-bound',
  'device-key-rotated',
  'device-key-removed',
]);

/**
 * What a stranger can have sent to anybody, what whoever has proved something asked for, and what tells users of what is being
 * done to them: none of them keeps back another.
 */
export function purposeOf(template: string, params: Readonly<Record<string, string>>): MessagePurpose {
  if (template.startsWith('registration-')) return 'registration';
  if (aboutChanges.has(template)) return 'change';
  if (waysBack.has(template)) return 'way_back';
  if (template === 'password-reset' || template === 'account-recovery') return 'recovery';
  if (aboutCredentials.has(template)) return 'credentials';
  if (aboutDevices.has(template)) return 'device';
  return params['code'] !== undefined || params['url'] !== undefined ? 'asked' : 'notice';
}

/** A message as its limits see it; nothing in it says whose it is. */
export interface CountedMessage {
  readonly channel: DeliveryChannel;
  /** The keyed hash of the address or number. */
  readonly target: string;
  /** The keyed hash of the user it is about. */
  readonly user: string | undefined;
  /** Where a number leads. */
  readonly destination: string | undefined;
  readonly purpose: MessagePurpose;
}

export interface MessageLimit {
  readonly name: 'target' | 'user' | 'destination' | 'budget';
  readonly key: string;
  readonly points: number;
  readonly windowSeconds: number;
}

/** What tells users of what is done to them: who has mail sent in masses must not silence it. Users and addresses bound it. */
const beyondBudget: ReadonlySet<MessagePurpose> = new Set(['way_back', 'credentials', 'device', 'notice']);

const hour = 3600;
const day = 86_400;

/**
 * The limits of a message, the narrowest first: what is kept back by one takes nothing from the wider ones, so that a flood
 * to one number does not use up what all others share (SR-18).
 */
export function limitsOf(message: CountedMessage, config: Config): MessageLimit[] {
  const { channel, target, user, destination, purpose } = message;
  const isSms = channel === 'sms';
  const limits: MessageLimit[] = [
    {
      name: 'target',
      key: `message:${channel}:${purpose}:target:${target}`,
      points: isSms ? config.SMS_PER_NUMBER_PER_HOUR : config.EMAILS_PER_ADDRESS_PER_HOUR,
      windowSeconds: hour,
    },
  ];
  // Links for another password and recoveries are few an hour already: a day's count would let a stranger close that way to its user.
  if (user !== undefined && purpose !== 'recovery') {
    const points = isSms ? config.SMS_PER_USER_PER_DAY : config.EMAILS_PER_USER_PER_DAY;
    limits.push({ name: 'user', key: `message:${channel}:${purpose}:user:${user}`, points, windowSeconds: day });
  }
  if (!isSms) return [...limits, ...budgetOfMail(purpose, config)];
  const points = config.SMS_PER_PREFIX_PER_HOUR;
  limits.push({ name: 'destination', key: `message:sms:to:${destination}`, points, windowSeconds: hour });
  limits.push({ name: 'budget', key: 'message:sms', points: config.SMS_PER_HOUR, windowSeconds: hour });
  return limits;
}

function budgetOfMail(purpose: MessagePurpose, config: Config): MessageLimit[] {
  if (beyondBudget.has(purpose)) return [];
  return [{ name: 'budget', key: 'message:email', points: config.EMAILS_PER_HOUR, windowSeconds: hour }];
}

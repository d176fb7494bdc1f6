import type { TemplateName } from '@bank/notifications';
import type { Config } from '#config.ts';
import type { MessagePurpose } from '#features/delivery/purposes.ts';
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

/**
 * Mail that a user's address gets though nobody has proven it yet, as one that came with an import: what its reader proves it by, and
 * what says that somebody else claims it. All other mail waits for the proof, since the address may be a stranger's.
 */
const unprovenToo: ReadonlySet<string> = new Set<TemplateName>([
  'password-reset',
  'sign-in-code',
  'step-up-code',
  'registration-attempted',
  'email-change-attempted',
]);

/** Whether a message goes to an address of its user that waits to be proven. A number that does names nobody, and gets none. */
export function reachesUnproven({ channel, template }: { channel: DeliveryChannel; template: string }): boolean {
  return channel === 'email' && unprovenToo.has(template);
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

/** What keeps a message back: what one address, user or destination gets, and what all get together. */
export const messageLimits = ['target', 'user', 'destination', 'budget'] as const;

export interface MessageLimit {
  readonly name: (typeof messageLimits)[number];
  readonly key: string;
  readonly points: number;
  readonly windowSeconds: number;
}

/** Of the mail of all, what users have asked for. What tells them of what is done to them is bounded by users and addresses alone. */
const askedByUsers: ReadonlySet<MessagePurpose> = new Set(['sign_in', 'asked']);

interface Share {
  readonly name: string;
  readonly of: number;
}

/** What somebody can have sent of whom nothing is known yet, or next to nothing: one message each to any number of addresses. */
const strangers: Share = { name: 'strangers', of: 1 / 2 };

/**
 * What some purposes may have of what all share. Whoever knows many addresses can ask for links for another password in masses, so
 * these have a share apart: strangers keep back no link by registrations, and no code of a sign-in or session by links.
 */
const shares: Readonly<Partial<Record<MessagePurpose, Share>>> = {
  registration: strangers,
  change: strangers,
  recovery: { name: 'recovery', of: 1 / 4 },
};

const hour = 3600;
const day = 86_400;

/**
 * The limits of a message, the narrowest first: what is kept back by one takes nothing from the wider ones, so that a flood
 * to one number does not use up what all others share (SR-18). Mails that tell of factors have none: each is a change, which mfa
 * limits, and one kept back would hide whoever has it done (SR-20).
 */
export function limitsOf(message: CountedMessage, config: Config): MessageLimit[] {
  const { channel, target, user, destination, purpose } = message;
  const isSms = channel === 'sms';
  if (!isSms && purpose === 'factors') return [];
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
  const { SMS_PER_PREFIX_PER_HOUR: ofCountry, SMS_PER_HOUR: ofAll } = config;
  return [
    ...limits,
    ...shared('destination', purpose, { key: `message:sms:to:${destination}`, points: ofCountry }),
    ...shared('budget', purpose, { key: 'message:sms', points: ofAll }),
  ];
}

/** Who has mail sent in masses must not silence what tells users of it. */
function budgetOfMail(purpose: MessagePurpose, config: Config): MessageLimit[] {
  if (shares[purpose] === undefined && !askedByUsers.has(purpose)) return [];
  return shared('budget', purpose, { key: 'message:email', points: config.EMAILS_PER_HOUR });
}

/** A limit of an hour that all purposes share. Those with a share have a limit of their own before it. */
function shared(
  name: MessageLimit['name'],
  purpose: MessagePurpose,
  { key, points }: Pick<MessageLimit, 'key' | 'points'>,
): MessageLimit[] {
  const ofAll = { name, key, points, windowSeconds: hour };
  const share = shares[purpose];
  if (share === undefined) return [ofAll];
  return [{ ...ofAll, key: `${key}:${share.name}`, points: Math.max(1, Math.floor(points * share.of)) }, ofAll];
}

import { isBlocked, isPhishingResistant, type Role, type UserActor, type UserState, worksHere } from '@bank/domain';

/** Life of a code (SR-22). */
export const codeSeconds = 600;

/** How long a change can be sent again, and its wrong codes and its messages are counted. */
export const pendingSeconds = 3600;

/** Wrong codes and messages that a change bears meanwhile, whichever session or number they are for (SR-25). */
export const changeCounters = { attemptsMax: 5, sentMax: 5 } as const;

/** How long a link that undoes a change of the address is good, in days. */
export const revertDays = 7;

/** How long a notice is worth sending. */
export const noticeSeconds = 86_400;

const coolDownSeconds = 86_400;

/**
 * Seconds for which a number must stay as it is since it was proven, 0 when it may be changed: whoever has taken over an
 * account for a moment cannot move it on and on (SR-28).
 */
export function coolDownLeft(verifiedAt: Date | null, now: Date): number {
  if (verifiedAt === null) return 0;
  const passedSeconds = (now.getTime() - verifiedAt.getTime()) / 1000;
  return Math.max(0, Math.ceil(coolDownSeconds - passedSeconds));
}

/** What a change of the address is asked for with, and how old that may be (SR-62). */
export const emailStepUp = { acr: 'aal2', maxAgeSeconds: 300 } as const;

/** What is asked of whoever works here, whom another proof than a passkey would bring no further. */
export const staffEmailStepUp = { ...emailStepUp, phishingResistant: true } as const;

/**
 * Whether a session is enough for another email address. Staff without a passkey enrol one by a code to that address: in a session as
 * a customer a text message would do for moving it, and by that for the console (SR-72).
 */
export function mayMoveEmail(roles: readonly Role[], session: Pick<UserActor, 'amr'>): boolean {
  return isPhishingResistant(session) || !worksHere(roles);
}

/**
 * Why no link gives a user an address back, undefined where one does. Whoever works here moves theirs by a passkey alone, forward and
 * back: who reads a mailbox that they had would have the codes of the console by it. Two colleagues help them (SR-72).
 */
export function linkBackRefusal(user: {
  readonly status: UserState;
  readonly roles: readonly Role[];
}): 'status' | 'staff' | undefined {
  if (isBlocked(user.status, 'recovery')) return 'status';
  return worksHere(user.roles) ? 'staff' : undefined;
}

import { withTransaction } from '@bank/database';
import { allow, DomainError, type ErrorDetails, isBlocked, requireUser, type UserActor } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { type Address, hashAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { isChangeCode, openAddress } from '#features/contact-change/change-code.ts';
import { missingProof } from '#features/contact-change/missing-proof.ts';
import { changeCounters, mayMoveEmail, staffEmailStepUp } from '#features/contact-change/policies.ts';
import { replaceEmail } from '#features/contact-change/replace-email.ts';
import { replacePhone } from '#features/contact-change/replace-phone.ts';
import { addressFailuresMax, countingDay } from '#features/registration/policies.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import type { ContactChange } from '#storage/users/contact-change.repository.ts';
import type { IdentifierKind } from '#storage/users/identifier.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

type Outcome =
  | { kind: 'verified'; address: Address }
  | { kind: 'unproven'; stepUp: ErrorDetails }
  | { kind: 'closed' | 'wrong_code' | 'taken' | 'blocked' };

/** Who gives a code, and what they have yet to prove for what it would change. */
interface Prover {
  readonly actor: UserActor;
  readonly missing: ErrorDetails | undefined;
}

/**
 * Proves an address by its code: from now on it is the caller's, names them at sign-in, and the one before is free again. Who
 * proves it first has it; the second is answered as for a wrong code. Tries are counted before the code is compared, and wrong codes
 * of all users for one address together, apart from those of registrations (SR-25).
 * @throws auth.token.missing, auth.step_up.required, auth.verification.invalid, user.state.blocked, request.rate_limited,
 * service.unavailable
 */
export async function confirmChange(
  ctx: AppContext,
  { kind, code }: { kind: IdentifierKind; code: string },
  caller: Caller,
): Promise<string> {
  const actor = requireUser(caller.actor);
  const who = allow.self(actor, actor.userId);
  const audits = [
    'user.phone_changed',
    'user.email_changed',
    'auth.recovery.cancelled',
    'user.contact_change.failed',
  ] as const;
  // Asked again, since a passkey may have come between.
  const prover = { actor, missing: await missingProof(ctx, actor.userId, kind) };
  const judge = () => withTransaction(ctx, { who, audits }, (tx) => tryCode(tx, prover, { kind, code }));
  const isWrong = ({ kind: came }: Outcome) => came === 'closed' || came === 'wrong_code' || came === 'taken';
  const outcome = await withFailureLimit(ctx, caller.clientAddress, judge, isWrong);
  if (outcome.kind === 'verified') return outcome.address.value;
  if (outcome.kind === 'unproven') throw new DomainError('auth.step_up.required', { details: outcome.stepUp });
  if (outcome.kind === 'blocked') throw new DomainError('user.state.blocked');
  throw new DomainError('auth.verification.invalid', { reason: outcome.kind });
}

async function tryCode(
  tx: AppTransaction,
  prover: Prover,
  { kind, code }: { kind: IdentifierKind; code: string },
): Promise<Outcome> {
  const { userId, sessionId } = prover.actor;
  // The user's row first, as all who change a user lock it: staff who send the code again hold both as well.
  const user = await tx.users.lock(userId);
  const claimed = await claimTry(tx, prover.actor, kind);
  const result: Outcome =
    claimed === undefined ? { kind: 'closed' } : await decide(tx, { ...prover, user, ...claimed }, code);
  if (result.kind === 'verified') return result;
  const failure = { action: 'user.contact_change.failed', subject: userId, outcome: 'failure' } as const;
  await tx.audit({ ...failure, reason: result.kind, details: { kind, sessionId } });
  return result;
}

/** What a code is for. */
interface Claimed {
  readonly change: ContactChange;
  readonly address: Address;
}

/** Counts a try of what is pending; undefined, with none used up, where no code would be compared. */
async function claimTry(
  tx: AppTransaction,
  { userId, sessionId }: UserActor,
  kind: IdentifierKind,
): Promise<Claimed | undefined> {
  const now = tx.clock.now();
  const pending = await tx.contactChanges.lockPending(userId, now, kind);
  if (pending === undefined) return undefined;
  const address = await openAddress(tx, pending);
  if (!(await mayBeGuessed(tx, address))) return undefined;
  const limit = { attemptsMax: changeCounters.attemptsMax, now };
  const change = await tx.contactChanges.claimTry({ userId, kind, sessionId }, limit);
  return change && { change, address };
}

async function decide(
  tx: AppTransaction,
  { actor, missing, user, change, address }: Prover & Claimed & { user: User | undefined },
  code: string,
): Promise<Outcome> {
  if (!isChangeCode(tx, change, code)) {
    await tx.registrations.countFailure(hashAddress(tx, address, 'change'), countingDay(tx.clock.now()));
    return { kind: 'wrong_code' };
  }
  const isStanding = user !== undefined && !isBlocked(user.status, 'change');
  // Before the change is used up: whoever steps up comes again with the same code.
  if (isStanding && change.kind === 'email' && !mayMoveEmail(user.roles, actor)) {
    return { kind: 'unproven', stepUp: staffEmailStepUp };
  }
  if (isStanding && missing !== undefined) return { kind: 'unproven', stepUp: missing };
  await tx.contactChanges.remove(change.userId, change.kind);
  if (!isStanding) return { kind: 'blocked' };
  const isHis =
    address.kind === 'email'
      ? await replaceEmail(tx, user, address.value)
      : await replacePhone(tx, user, address.value);
  return isHis ? { kind: 'verified', address } : { kind: 'taken' };
}

/**
 * Whether an address bears another wrong code today, with its counter held: of many users who guess at it at once no more are judged
 * than may be wrong. Beyond that not even the right code proves it, whoever has asked for it.
 */
async function mayBeGuessed(tx: AppTransaction, address: Address): Promise<boolean> {
  const failures = await tx.registrations.lockFailures(hashAddress(tx, address, 'change'), countingDay(tx.clock.now()));
  return failures < addressFailuresMax;
}

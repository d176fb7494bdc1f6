import { withTransaction } from '@bank/database';
import { allow, DomainError, type ErrorDetails, isBlocked, requireUser, type UserActor } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Address } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { beginChange, countCodeAsked } from '#features/contact-change/begin-change.ts';
import { missingProof } from '#features/contact-change/missing-proof.ts';
import {
  codeSeconds,
  coolDownLeft,
  mayMoveEmail,
  pendingSeconds,
  staffEmailStepUp,
} from '#features/contact-change/policies.ts';
import { tellOldAddress } from '#features/contact-change/reversion-link.ts';

type Outcome =
  | { kind: 'sent' }
  | { kind: 'unproven'; stepUp: ErrorDetails }
  | { kind: 'blocked' }
  | { kind: 'too_soon' | 'too_often'; retryAfterSeconds: number };

/**
 * Sends a code to an address or number that the caller wants to be reached at, and keeps it until the code has come back. The
 * answer is the same whether or not somebody has it (SR-15). Asking again sends a new code in place of the older; the tries stay
 * counted (SR-24 to SR-26). A proven number is moved by what mfa asks of whoever changes factors (SR-31). Gives the seconds for
 * which the code is good.
 * @throws auth.token.missing, auth.step_up.required, user.state.blocked, user.contact_change.too_soon, request.rate_limited,
 * service.unavailable
 */
export async function requestChange(ctx: AppContext, address: Address, caller: Caller): Promise<{ expiresIn: number }> {
  const user = requireUser(caller.actor);
  const { kind } = address;
  const who = allow.self(caller.actor, user.userId);
  const missing = await missingProof(ctx, user.userId, kind);
  const counted = await countCodeAsked(ctx, kind, user.userId);
  const outcome = await withTransaction(ctx, { who, audits: ['user.contact_change.requested'] }, async (tx) => {
    const tooOften = { kind: 'too_often', retryAfterSeconds: counted.resetSeconds } as const;
    const decided = counted.allowed ? await begin(tx, user, { address, missing }) : tooOften;
    const isSent = decided.kind === 'sent';
    await tx.audit({
      action: 'user.contact_change.requested',
      subject: user.userId,
      outcome: isSent ? 'success' : 'denied',
      ...(isSent ? {} : { reason: decided.kind }),
      details: { kind, sessionId: user.sessionId },
    });
    return decided;
  });
  if (outcome.kind === 'sent') return { expiresIn: codeSeconds };
  await counted.giveBack();
  if (outcome.kind === 'unproven') throw new DomainError('auth.step_up.required', { details: outcome.stepUp });
  if (outcome.kind === 'blocked') throw new DomainError('user.state.blocked');
  const code = outcome.kind === 'too_soon' ? 'user.contact_change.too_soon' : 'request.rate_limited';
  throw new DomainError(code, { details: { retryAfterSeconds: outcome.retryAfterSeconds } });
}

async function begin(
  tx: AppTransaction,
  actor: UserActor,
  { address, missing }: { address: Address; missing: ErrorDetails | undefined },
): Promise<Outcome> {
  const { userId, sessionId } = actor;
  const user = await tx.users.lock(userId);
  if (user === undefined || isBlocked(user.status, 'change')) return { kind: 'blocked' };
  const { kind } = address;
  if (kind === 'email' && !mayMoveEmail(user.roles, actor)) return { kind: 'unproven', stepUp: staffEmailStepUp };
  if (missing !== undefined) return { kind: 'unproven', stepUp: missing };
  const retryAfterSeconds = kind === 'phone' ? coolDownLeft(user.phoneVerifiedAt, tx.clock.now()) : 0;
  if (retryAfterSeconds > 0) return { kind: 'too_soon', retryAfterSeconds };
  if (!(await beginChange(tx, user, sessionId, address)))
    return { kind: 'too_often', retryAfterSeconds: pendingSeconds };
  if (kind === 'email') await tellOldAddress(tx, user, 'email-change-requested');
  return { kind: 'sent' };
}

import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { encodeTotpSecret, generateTotpSecret, totpKeyUri } from '@bank/security';
import { renderSVG } from 'uqr';
import type { AppContext } from '#context.ts';
import { factorsMax, pendingSeconds, requireHighestLevel, requireSignedInSince } from '#features/factor/policies.ts';
import { TotpEnrolment, type TotpSecretView } from '#features/factor/schemas.ts';

/**
 * Begins to enrol an authenticator app (RFC 6238) and gives its secret, once. The factor neither protects nor blocks
 * anything until it is confirmed (SR-32); one that was begun before and not confirmed is forgotten.
 * @throws auth.token.missing, request.invalid, auth.step_up.required, factor.limit_reached, service.unavailable while
 * the user's activation is still under way
 */
export async function enrolTotp(ctx: AppContext, actor: Actor, input: unknown): Promise<TotpSecretView> {
  const user = requireUser(actor);
  const { userId, sessionId } = user;
  const { label } = parse(TotpEnrolment, input ?? {});
  const secret = generateTotpSecret();
  const id = ctx.ids.next();
  const createdAt = ctx.clock.now();
  const expiresAt = new Date(createdAt.getTime() + pendingSeconds * 1000);
  const access = { who: allow.self(actor, userId), unaudited: 'nothing counts before it is confirmed' };
  await withTransaction(ctx, access, async (tx) => {
    const subject = await tx.subjects.lock(userId);
    if (subject === undefined) {
      throw new DomainError('service.unavailable', { reason: 'not admitted yet', details: { retryAfterSeconds: 1 } });
    }
    requireSignedInSince(user, subject.factorsResetAt);
    const confirmed = await tx.factors.countConfirmed(userId);
    requireHighestLevel(user, confirmed);
    if (confirmed >= factorsMax) throw new DomainError('factor.limit_reached');
    await tx.factors.removePending(userId);
    await tx.factors.insertPending(userId, { id, type: 'totp', label, secret, sessionId, createdAt, expiresAt });
  });
  const uri = totpKeyUri({ issuer: ctx.config.BRAND, account: label, secret });
  return { factorId: id, secret: encodeTotpSecret(secret), uri, qr: toImage(uri), expiresIn: pendingSeconds };
}

function toImage(uri: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(uri, { ecc: 'M', border: 4 })).toString('base64')}`;
}

import { type Actor, DomainError, parse, requireUser, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { waitSeconds } from '#factor-types/sent-code/policies.ts';
import { SentCodeEnrolment, type SentCodeView, strongerThanSent } from '#factor-types/sent-code/schemas.ts';
import { sendCode } from '#factor-types/sent-code/send-code.ts';
import type { SentCodeType } from '#factor-types/sent-code/storage/sent-code.entity.ts';
import { beginEnrolment } from '#features/factor/begin-enrolment.ts';
import { pendingSeconds } from '#features/factor/policies.ts';
import { tooSoon } from '#features/factor/refusals.ts';

const labels = { sms: 'Text message', email: 'Email' } as const;

/**
 * Begins to enrol codes by text or by email, and sends the first: to the proven address that the user has, and no other
 * (SR-28). Whose number took the place of another lately, or has had as many messages as are sent, waits as for every code.
 * @throws auth.token.missing, request.invalid, request.rate_limited, auth.step_up.required, factor.address_missing,
 * factor.limit_reached, service.unavailable
 */
export async function enrolSentCode(
  ctx: AppContext,
  actor: Actor,
  type: SentCodeType,
  input: unknown,
): Promise<SentCodeView> {
  const { userId } = requireUser(actor);
  const { label = labels[type] } = parse(SentCodeEnrolment, input);
  const hint = await findHint(ctx, userId, type);
  const { id, detail: sends } = await beginEnrolment(ctx, actor, { type, label }, async (tx, begun) => {
    const { userId, id: challengeId, createdAt: now } = begun;
    const sent = await sendCode(tx, type, { userId, challengeId, purpose: 'enrolment', now });
    if ('notBefore' in sent) throw tooSoon('a code was sent lately', sent.notBefore, now);
    return sent.sends;
  });
  return {
    factorId: id,
    hint,
    expiresIn: pendingSeconds,
    resendAfter: waitSeconds(sends),
    stronger: [...strongerThanSent],
  };
}

async function findHint(ctx: AppContext, userId: UserId, type: SentCodeType): Promise<string> {
  const { email, phone, phoneCodesFrom } = await ctx.addresses.describe(userId);
  const hint = type === 'sms' ? phone : email;
  if (hint === undefined) throw new DomainError('factor.address_missing', { reason: `no proven address for ${type}` });
  const now = ctx.clock.now();
  if (type === 'sms' && phoneCodesFrom !== undefined && phoneCodesFrom > now) {
    throw tooSoon('the number gets no codes yet', phoneCodesFrom, now);
  }
  return hint;
}

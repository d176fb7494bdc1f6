import { type Actor, allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Reasoned } from '#features/act/schemas.ts';
import { actOnCase } from '#features/kyc/act-on-case.ts';
import { CaseParams } from '#features/kyc/schemas.ts';

/**
 * Claims a case for eight hours: nobody else asks for a decision on it meanwhile.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.case.not_found, kyc.case.claimed,
 * kyc.transition.illegal, user.not_found, service.unavailable
 */
export async function claimCase(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<void> {
  allow.permission(actor, 'kyc.decide');
  const { id: caseId } = parse(CaseParams, input.params);
  const { reason } = parse(Reasoned, input.body);
  const perform = (_found: object, noteId: string) => ctx.owners.kyc.claim({ caseId, noteId });
  await actOnCase(ctx, actor, { action: 'kyc.claim', caseId, reason, perform });
}

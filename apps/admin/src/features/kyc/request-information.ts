import { type Actor, allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { actOnCase } from '#features/kyc/act-on-case.ts';
import { CaseParams, CaseReasons } from '#features/kyc/schemas.ts';

/**
 * Asks the user of a claimed case for more. It gives nobody anything, so whoever has claimed the case does it alone.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.case.not_found, kyc.case.unclaimed,
 * kyc.transition.illegal, user.not_found, service.unavailable
 */
export async function requestInformation(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<void> {
  allow.permission(actor, 'kyc.decide');
  const { id: caseId } = parse(CaseParams, input.params);
  const { reason, reasons } = parse(CaseReasons, input.body);
  await actOnCase(ctx, actor, {
    action: 'kyc.request_information',
    caseId,
    reason,
    perform: ({ userId, attempt }, noteId) =>
      ctx.owners.kyc.requestInformation({ userId, caseId, attempt, reasons, noteId }),
  });
}

import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Reasoned } from '#features/act/schemas.ts';
import { findCase } from '#features/kyc/find-case.ts';
import { CaseParams } from '#features/kyc/schemas.ts';
import { addUnmasking } from '#features/user/add-unmasking.ts';
import type { Unmasking } from '#storage/unmasking.entity.ts';

/**
 * Lets one member of staff open the documents of a case, of a user below (SR-72), for 15 minutes: one that is closed, or that they
 * have not claimed, as who approves what a colleague asked for; also of who is erased, since law keeps them. Nothing is read here; each look is recorded by `profile`, with the note.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, kyc.case.not_found, user.not_found,
 * service.unavailable
 */
export async function unmaskCase(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<Unmasking> {
  const who = allow.permission(actor, 'kyc.read');
  const staff = requireUser(actor);
  const { id: caseId } = parse(CaseParams, input.params);
  const { reason } = parse(Reasoned, input.body);
  const { userId } = await findCase(ctx, staff, caseId);
  return await withTransaction(ctx, { who, audits: ['admin.kyc_case.unmasked'] }, async (tx) => {
    const unmasked = { of: caseId, fields: ['documents'], about: userId, isOfKept: true, action: 'kyc.unmask', reason };
    const unmasking = await addUnmasking(tx, staff, unmasked);
    const details = { caseId, fields: 'documents', noteId: unmasking.noteId };
    await tx.audit({ action: 'admin.kyc_case.unmasked', subject: userId, outcome: 'success', details });
    return unmasking;
  });
}

import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireMayActOn, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { UserParams } from '#features/act/schemas.ts';
import { addUnmasking } from '#features/user/add-unmasking.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';
import { UnmaskRequest } from '#features/user/schemas.ts';
import type { Unmasking } from '#storage/unmasking.entity.ts';

const action = 'user.unmask';

/**
 * Lets one member of staff see fields of one user below (SR-72) in full for 15 minutes, in place of what they had unmasked of
 * that user before. Nothing is read here: each read is recorded by the app that shows it.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, service.unavailable
 */
export async function unmaskUser(
  ctx: AppContext,
  actor: Actor,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<Unmasking> {
  const who = allow.permission(actor, 'users.unmask');
  const staff = requireUser(actor);
  const { id: userId } = parse(UserParams, input.params);
  const { fields, reason } = parse(UnmaskRequest, input.body);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayActOn(staff, { userId, roles });

  return await withTransaction(ctx, { who, audits: ['admin.user.unmasked'] }, async (tx) => {
    const unmasked = { of: userId, fields: [...new Set(fields)], about: userId, action, reason };
    const unmasking = await addUnmasking(tx, staff, unmasked);
    const details = { fields: unmasking.fields.join(' '), noteId: unmasking.noteId };
    await tx.audit({ action: 'admin.user.unmasked', subject: userId, outcome: 'success', details });
    return unmasking;
  });
}

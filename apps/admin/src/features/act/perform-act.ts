import { type Actor, allow, parse, requireMayActOn, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { carryOut } from '#features/act/carry-out.ts';
import { type DirectActName, directActs } from '#features/act/direct-acts.ts';
import { Reasoned, UserParams } from '#features/act/schemas.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

/**
 * Lets one member of staff alone do something to a user who stands below them (SR-72).
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, and what the owner answers
 */
export async function performAct(
  ctx: AppContext,
  actor: Actor,
  name: DirectActName,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<void> {
  const { action, permission, perform } = directActs[name];
  const who = allow.permission(actor, permission);
  const { id: userId } = parse(UserParams, input.params);
  const { reason } = parse(Reasoned, input.body);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayActOn(requireUser(actor), { userId, roles });
  await carryOut(ctx, actor, { action, who, userId, reason, perform: (target) => perform(ctx.owners, target) });
}

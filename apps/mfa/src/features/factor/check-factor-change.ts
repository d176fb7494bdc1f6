import { withTransaction } from '@bank/database';
import { type Actor, allow, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { isStaff } from '#features/factor/is-staff.ts';
import { requireHighestLevel, requireProofOfStaff } from '#features/factor/policies.ts';

/**
 * Judges whether the signed-in user may change what proves them in this session: the rule for factors, asked by whoever keeps such
 * a thing elsewhere, as device keeps keys (SR-31). That the sign-in is fresh is the asker's to demand.
 * @throws auth.token.missing, auth.step_up.required, service.unavailable while auth is away
 */
export async function checkFactorChange(ctx: AppContext, actor: Actor): Promise<void> {
  const user = requireUser(actor);
  const { userId } = user;
  const standing = { user, isStaff: await isStaff(ctx, userId) };
  const access = { who: allow.self(actor, userId), unaudited: 'a question: the asker tells what comes of it' } as const;
  await withTransaction(ctx, access, async (tx) => {
    // Locked, so that a factor which is being added or reset at this moment is judged as well.
    const subject = await tx.subjects.lock(userId);
    const confirmed = await tx.factors.listKinds(userId);
    requireHighestLevel(user, subject ?? { factorsResetAt: null }, confirmed);
    requireProofOfStaff(standing, confirmed);
  });
}

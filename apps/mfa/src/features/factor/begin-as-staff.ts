import { withTransaction } from '@bank/database';
import { allow, idFloor, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { opensForStaff } from '#features/factor/policies.ts';
import { removeEverything } from '#features/factor/remove-everything.ts';

const RolesChange = v.strictObject({
  userId: UserIdSchema,
  from: v.array(v.string()),
  to: v.array(v.string()),
  changedAt: v.date(),
});

/**
 * Takes from whoever becomes a member of staff what they enrolled as a customer, so that they begin as an invited colleague does:
 * it may rest on a text message, or be somebody else's, and would open the console from the moment of the role (SR-72). What they
 * have enrolled since stays, however late or often the news come, unless something was there that could open the console: then it
 * may have been enrolled with that. @throws request.invalid
 */
export async function beginAsStaff(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, from, to, changedAt } = parse(RolesChange, input);
  if (hasStaffName(from) || !hasStaffName(to)) return;
  const audits = ['mfa.factor.removed', 'mfa.factors.reset'] as const;
  await withTransaction(ctx, { who: allow.system('begin-as-staff'), audits }, async (tx) => {
    const subject = await tx.subjects.lock(userId);
    // Without a subject there was never a factor; and a reset since then has left nothing of before.
    if (subject === undefined || (subject.factorsResetAt ?? changedAt) > changedAt) return;
    // The change ended all sessions there were, and a factor is confirmed in the session that began to enrol it.
    const asCustomer = { sessionBelow: idFloor(new Date(changedAt.getTime() + 1)), until: changedAt };
    const older = await tx.factors.listKindsOf(userId, asCustomer);
    const scope = opensForStaff(older) ? undefined : asCustomer;
    await removeEverything(tx, userId, { byStaff: true, warrant: { becameStaffAt: changedAt.toISOString() }, scope });
  });
}

/** By the names of an event: one that this version does not know is no customer's. */
function hasStaffName(names: readonly string[]): boolean {
  return names.some((name) => name !== 'customer');
}

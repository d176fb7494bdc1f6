import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';

/** Gives a new user an empty profile. Asking again changes nothing. @throws request.invalid */
export async function createProfile(ctx: AppContext, input: unknown): Promise<void> {
  const userId = parse(UserIdSchema, input);
  await withTransaction(ctx, { who: allow.system('create-profile'), audits: ['profile.created'] }, async (tx) => {
    const isNew = await tx.profiles.create(userId, ctx.clock.now());
    if (isNew) await tx.audit({ action: 'profile.created', subject: userId, outcome: 'success' });
  });
}

import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Activation } from '#features/factor/schemas.ts';

/** Lets an activated user enrol factors from now on. Asking again changes nothing. @throws request.invalid */
export async function admitSubject(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, activatedAt } = parse(Activation, input);
  const access = { who: allow.system('admit-subject'), unaudited: 'auth records the activation' };
  await withTransaction(ctx, access, (tx) => tx.subjects.add(userId, activatedAt));
}

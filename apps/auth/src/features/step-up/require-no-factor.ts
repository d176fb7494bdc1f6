import { DomainError, type UserActor } from '@bank/domain';
import { noAnswerOf } from '#adapters/no-answer.ts';
import type { AppContext } from '#context.ts';
import { needsFactor, takesPasswordsPlace } from '#features/second-factor/policies.ts';

/**
 * Who has a factor steps up with it: the password alone would take it from them. Staff never do without (SR-72).
 * @throws auth.step_up.required, service.unavailable
 */
export async function requireNoFactor(ctx: AppContext, { userId, audience }: UserActor): Promise<void> {
  if (needsFactor(audience)) {
    throw new DomainError('auth.step_up.required', { reason: 'staff', details: { acr: 'aal2' } });
  }
  const factors = await ctx.factors.list(userId);
  if (factors === undefined) {
    throw noAnswerOf('mfa');
  }
  if (factors.some(({ kind }) => takesPasswordsPlace(kind))) {
    throw new DomainError('auth.step_up.required', { reason: 'has a factor', details: { acr: 'aal2' } });
  }
}

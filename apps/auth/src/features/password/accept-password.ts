import type { Email } from '@bank/domain';
import { checkPassword, DomainError } from '@bank/domain';
import { isCommonPassword } from '@bank/security';
import type { AppContext } from '#context.ts';

/** What any guesser tries with a bank (SR-6). */
const contextWords = ['bank', 'banking'];

/**
 * Checks a chosen password against the policy, before anything is hashed. `path` is the field the problem is told under.
 * @throws auth.password.unacceptable with the rule that it breaks (SR-5)
 */
export function requireAcceptablePassword(
  ctx: Pick<AppContext, 'config'>,
  chosen: { password: string; email: Email; path: string },
): void {
  const problem = checkPassword(chosen.password, {
    email: chosen.email,
    contextWords: [ctx.config.BRAND, ...contextWords],
    isListed: isCommonPassword,
  });
  if (problem !== undefined) {
    throw new DomainError('auth.password.unacceptable', {
      details: { errors: [{ path: chosen.path, rule: problem }] },
    });
  }
}

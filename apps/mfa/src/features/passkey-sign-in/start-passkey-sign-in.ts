import { type Actor, allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { AssertionOptions } from '#factor-types/factor-type.ts';
import { assertionOptions, newChallenge } from '#factor-types/webauthn/ceremony.ts';

/**
 * What a browser needs to have any passkey of ours used, whosever it is. Nothing is kept here: `auth` keeps the challenge with
 * the sign-in, and uses it up. @throws access.forbidden
 */
export async function startPasskeySignIn(ctx: AppContext, actor: Actor): Promise<AssertionOptions> {
  allow.service(actor, ['auth']);
  return assertionOptions(ctx.relyingParty, newChallenge());
}

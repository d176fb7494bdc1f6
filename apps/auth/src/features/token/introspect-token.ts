import { allow, DomainError, parse } from '@bank/domain';
import type { AccessClaims } from '@bank/verifier';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { AudienceSchema } from '#features/token/audience-schema.ts';

const IntrospectSchema = v.object({
  token: v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096)),
  audience: AudienceSchema,
});

/**
 * The claims of a token that is good right now for an audience, or undefined whatever is wrong with it (RFC 7662 §2.2).
 * @throws request.invalid also for an audience that no token is for, access.forbidden, service.unavailable when it cannot be known
 */
export async function introspectToken(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<AccessClaims | undefined> {
  allow.service(caller.actor);
  const { token, audience } = parse(IntrospectSchema, input);
  try {
    return await ctx.verifier.verify(token, { audience });
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'unauthenticated') return undefined;
    throw error;
  }
}

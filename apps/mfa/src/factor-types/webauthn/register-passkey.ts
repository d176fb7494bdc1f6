import { type Actor, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { factorType } from '#factor-types/webauthn/factor-type.ts';
import { PasskeyRegistration } from '#factor-types/webauthn/schemas.ts';
import { confirmEnrolment } from '#features/factor/confirm-enrolment.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/**
 * Confirms a passkey with what the authenticator made, in the session that began to enrol it. One answer is taken: after a wrong
 * one the enrolment is begun again.
 * @throws auth.token.missing, request.invalid, auth.step_up.required, factor.not_found, factor.limit_reached, factor.passkey_invalid
 */
export function registerPasskey(ctx: AppContext, actor: Actor, input: unknown): Promise<ConfirmedFactor> {
  const { factorId, response } = parse(PasskeyRegistration, input);
  return confirmEnrolment(ctx, actor, factorType, { params: { id: factorId }, body: response });
}

import { type Actor, parse } from '@bank/domain';
import { encodeTotpSecret, generateTotpSecret, totpKeyUri } from '@bank/security';
import { renderSVG } from 'uqr';
import type { AppContext } from '#context.ts';
import { TotpEnrolment, type TotpSecretView } from '#factor-types/totp/schemas.ts';
import { beginEnrolment } from '#features/factor/begin-enrolment.ts';
import { pendingSeconds } from '#features/factor/policies.ts';

/**
 * Begins to enrol an authenticator app (RFC 6238) and gives its secret, once. The factor neither protects nor blocks
 * anything until it is confirmed (SR-32); an app that was begun before and not confirmed is forgotten.
 * @throws auth.token.missing, request.invalid, auth.step_up.required, factor.limit_reached, service.unavailable while
 * the user's activation is still under way
 */
export async function enrolTotp(ctx: AppContext, actor: Actor, input: unknown): Promise<TotpSecretView> {
  const { label } = parse(TotpEnrolment, input);
  const secret = generateTotpSecret();
  const { id } = await beginEnrolment(ctx, actor, { type: 'totp', label }, (tx, { userId, id }) =>
    tx.totpFactors.insert(userId, id, secret),
  );
  const uri = totpKeyUri({ issuer: ctx.config.BRAND, account: label, secret });
  return { factorId: id, secret: encodeTotpSecret(secret), uri, qr: toImage(uri), expiresIn: pendingSeconds };
}

function toImage(uri: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(uri, { ecc: 'M', border: 4 })).toString('base64')}`;
}

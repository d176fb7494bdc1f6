import { audiences } from '@bank/domain';
import { created, defineRoutes, etagOf, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { CodeResponse } from '#factor-types/code.ts';
import { enrolTotp } from '#factor-types/totp/enrol-totp.ts';
import { factorType } from '#factor-types/totp/factor-type.ts';
import { TotpEnrolment, TotpSecretView } from '#factor-types/totp/schemas.ts';
import { confirmEnrolment } from '#features/factor/confirm-enrolment.ts';
import { confirmationStepUp, freshSeconds } from '#features/factor/policies.ts';
import { FactorParams, FactorView } from '#features/factor/schemas.ts';
import { toFactorView } from '#features/factor/view.ts';
import { changeLimits } from '#transport/http/change-limits.ts';

export const routes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/mfa/totp',
    summary: 'Begin to enrol an authenticator app; its secret is shown this once',
    description: 'At `aal1` for a first factor; whoever has one needs a session at `aal2`.',
    tag: 'mfa',
    access: 'user',
    audiences: Object.values(audiences),
    stepUp: { acr: 'aal1', maxAgeSeconds: freshSeconds },
    body: TotpEnrolment,
    responses: { 201: TotpSecretView },
    errors: ['access.forbidden', 'factor.limit_reached'],
    limits: changeLimits,
    handle: async (ctx, request) => created(await enrolTotp(ctx, request.actor, request.body)),
  },
  {
    method: 'POST',
    path: '/v1/mfa/totp/:id/confirm',
    summary: 'Confirm the authenticator app with its first code, in the same session',
    tag: 'mfa',
    access: 'user',
    audiences: Object.values(audiences),
    stepUp: confirmationStepUp,
    idempotent: true,
    params: FactorParams,
    body: CodeResponse,
    etag: true,
    responses: { 200: FactorView },
    errors: ['access.forbidden', 'factor.not_found', 'factor.limit_reached', 'factor.code_invalid', 'factor.clock_off'],
    limits: [{ name: 'totp-confirmation', points: 60, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, { actor, params, body }) {
      const factor = await confirmEnrolment(ctx, actor, factorType, { params, body });
      return ok(toFactorView(factor), { etag: etagOf(factor.version) });
    },
  },
]);

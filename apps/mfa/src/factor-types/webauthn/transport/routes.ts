import { audiences } from '@bank/domain';
import { created, defineRoutes, etagOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { enrolPasskey } from '#factor-types/webauthn/enrol-passkey.ts';
import { registerPasskey } from '#factor-types/webauthn/register-passkey.ts';
import { PasskeyEnrolment, PasskeyOptionsView, PasskeyRegistration } from '#factor-types/webauthn/schemas.ts';
import { confirmationStepUp, freshSeconds } from '#features/factor/policies.ts';
import { FactorView } from '#features/factor/schemas.ts';
import { toFactorView } from '#features/factor/view.ts';
import { changeLimits } from '#transport/http/change-limits.ts';

export const routes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/mfa/webauthn/options',
    summary: 'Begin to enrol a passkey or security key: what `navigator.credentials.create` needs',
    description: 'At `aal1` for a first factor; whoever has one needs a session at `aal2`.',
    tag: 'mfa',
    access: 'user',
    audiences: Object.values(audiences),
    stepUp: { acr: 'aal1', maxAgeSeconds: freshSeconds },
    idempotent: true,
    body: PasskeyEnrolment,
    responses: { 201: PasskeyOptionsView },
    errors: ['access.forbidden', 'factor.limit_reached'],
    limits: changeLimits,
    handle: async (ctx, request) => created(await enrolPasskey(ctx, request.actor, request.body)),
  },
  {
    method: 'POST',
    path: '/v1/mfa/webauthn',
    summary: 'Enrol the passkey that the browser made, in the same session',
    description: 'One answer is taken for the options: after a wrong one ask for others.',
    tag: 'mfa',
    access: 'user',
    audiences: Object.values(audiences),
    stepUp: confirmationStepUp,
    idempotent: true,
    body: PasskeyRegistration,
    etag: true,
    responses: { 201: FactorView },
    errors: ['access.forbidden', 'factor.not_found', 'factor.limit_reached', 'factor.passkey_invalid'],
    limits: [{ name: 'webauthn-confirmation', points: 60, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, { actor, body }) {
      const factor = await registerPasskey(ctx, actor, body);
      return created(toFactorView(factor), { etag: etagOf(factor.version) });
    },
  },
]);

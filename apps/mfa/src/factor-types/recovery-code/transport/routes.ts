import { audiences } from '@bank/domain';
import { created, defineRoutes } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { generateRecoveryCodes } from '#factor-types/recovery-code/generate-recovery-codes.ts';
import { RecoveryCodes } from '#factor-types/recovery-code/schemas.ts';
import { freshSeconds } from '#features/factor/policies.ts';
import { changeLimits } from '#transport/http/change-limits.ts';

export const routes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/mfa/recovery-codes',
    summary: 'Ten new recovery codes, shown this once; all older ones die',
    tag: 'mfa',
    access: 'user',
    // Staff have none: theirs are reset by two colleagues.
    audiences: [audiences.customers],
    stepUp: { acr: 'aal2', maxAgeSeconds: freshSeconds },
    responses: { 201: RecoveryCodes },
    errors: ['factor.missing'],
    limits: changeLimits,
    handle: async (ctx, request) => created({ codes: await generateRecoveryCodes(ctx, request.actor) }),
  },
]);

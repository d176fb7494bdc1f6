import { audiences } from '@bank/domain';
import { created, defineRoutes, etagOf, ok, type Route } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { CodeResponse } from '#factor-types/code.ts';
import { enrolSentCode } from '#factor-types/sent-code/enrol-sent-code.ts';
import { SentCodeEnrolment, SentCodeView } from '#factor-types/sent-code/schemas.ts';
import type { SentCodeFactor } from '#factor-types/sent-code/sent-code-type.ts';
import { confirmEnrolment } from '#features/factor/confirm-enrolment.ts';
import { confirmationStepUp, freshSeconds } from '#features/factor/policies.ts';
import { FactorParams, FactorView } from '#features/factor/schemas.ts';
import { toFactorView } from '#features/factor/view.ts';
import { changeLimits } from '#transport/http/change-limits.ts';

/** The routes that enrol codes of one way. Not for staff: none is good enough for them (SR-72). */
export function sentCodeRoutes(factorType: SentCodeFactor, to: string): readonly Route<AppContext>[] {
  const { name: type } = factorType;
  return defineRoutes<AppContext>([
    {
      method: 'POST',
      path: `/v1/mfa/${type}`,
      summary: `Begin to enrol codes that are sent to ${to}, and send the first`,
      description:
        'At `aal1` for a first factor; whoever has one needs a session at `aal2`. Asking again sends another code.',
      tag: 'mfa',
      access: 'user',
      audiences: [audiences.customers],
      stepUp: { acr: 'aal1', maxAgeSeconds: freshSeconds },
      idempotent: true,
      body: SentCodeEnrolment,
      responses: { 201: SentCodeView },
      errors: ['factor.address_missing', 'factor.limit_reached'],
      limits: changeLimits,
      handle: async (ctx, request) => created(await enrolSentCode(ctx, request.actor, type, request.body)),
    },
    {
      method: 'POST',
      path: `/v1/mfa/${type}/:id/confirm`,
      summary: 'Confirm the factor with the code that was sent, in the same session',
      tag: 'mfa',
      access: 'user',
      audiences: [audiences.customers],
      stepUp: confirmationStepUp,
      idempotent: true,
      params: FactorParams,
      body: CodeResponse,
      etag: true,
      responses: { 200: FactorView },
      errors: ['factor.not_found', 'factor.limit_reached', 'factor.code_invalid'],
      limits: [{ name: `${type}-confirmation`, points: 60, windowSeconds: 3600, by: 'user' }],
      async handle(ctx, { actor, params, body }) {
        const factor = await confirmEnrolment(ctx, actor, factorType, { params, body });
        return ok(toFactorView(factor), { etag: etagOf(factor.version) });
      },
    },
  ]);
}

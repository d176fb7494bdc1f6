import { audiences } from '@bank/domain';
import { created, defineRoutes, etagOf, ok, type Route } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { confirmEnrolment } from '#features/factor/confirm-enrolment.ts';
import { confirmationStepUp, freshSeconds } from '#features/factor/policies.ts';
import { FactorParams, FactorView } from '#features/factor/schemas.ts';
import { toFactorView } from '#features/factor/view.ts';
import { CodeResponse } from '#features/factor-types/code.ts';
import { email } from '#features/factor-types/email/email.ts';
import { enrolSentCode } from '#features/factor-types/sent-code/enrol-sent-code.ts';
import { SentCodeEnrolment, SentCodeView } from '#features/factor-types/sent-code/schemas.ts';
import { sms } from '#features/factor-types/sms/sms.ts';
import { changeLimits } from '#transport/http/change-limits.ts';

const kinds = [
  { kind: sms, type: 'sms', to: 'the verified phone number' },
  { kind: email, type: 'email', to: 'the verified email address' },
] as const;

/** Not for staff: neither is good enough for them (SR-72). */
export const sentCodeRoutes = defineRoutes<AppContext>(
  kinds.flatMap(({ kind, type, to }): Route<AppContext>[] => [
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
        const factor = await confirmEnrolment(ctx, actor, kind, { params, body });
        return ok(toFactorView(factor), { etag: etagOf(factor.version) });
      },
    },
  ]),
);

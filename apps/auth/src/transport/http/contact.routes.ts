import { accepted, defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { changePhone } from '#features/contact-change/change-phone.ts';
import {
  ChangePhoneSchema,
  ChangeStartedSchema,
  PhoneVerifiedSchema,
  VerifyPhoneSchema,
} from '#features/contact-change/schemas.ts';
import { verifyPhone } from '#features/contact-change/verify-phone.ts';
import { callerOf } from '#transport/http/caller.ts';

const tag = 'user';

export const contactRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/phone/change',
    summary: 'Send a code to a phone number, a first one or another',
    description:
      'Asking again sends a new code in place of the older. The answer does not tell whether somebody has the number.',
    tag,
    access: 'user',
    stepUp: { acr: 'aal2', maxAgeSeconds: 300 },
    body: ChangePhoneSchema,
    responses: { 202: ChangeStartedSchema },
    errors: ['user.state.blocked', 'user.contact_change.too_soon', 'request.rate_limited'],
    limits: [{ name: 'phone-change', points: 20, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, request) {
      return accepted(await changePhone(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/phone/verify',
    summary: 'Prove the phone number by the code that was sent to it',
    tag,
    access: 'user',
    body: VerifyPhoneSchema,
    responses: { 200: PhoneVerifiedSchema },
    errors: ['auth.verification.invalid', 'user.state.blocked', 'request.rate_limited'],
    limits: [{ name: 'phone-verify', points: 30, windowSeconds: 600, by: 'user' }],
    async handle(ctx, request) {
      return ok(await verifyPhone(ctx, request.body, callerOf(request)));
    },
  },
]);

import { accepted, defineRoutes, noContent, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { changeEmail } from '#features/contact-change/change-email.ts';
import { changePhone } from '#features/contact-change/change-phone.ts';
import { emailStepUp } from '#features/contact-change/policies.ts';
import { resendPhoneCode } from '#features/contact-change/resend-phone-code.ts';
import { revertEmail } from '#features/contact-change/revert-email.ts';
import {
  ChangeEmailSchema,
  ChangePhoneSchema,
  ChangeStartedSchema,
  EmailVerifiedSchema,
  PhoneVerifiedSchema,
  RevertEmailSchema,
  VerifyContactSchema,
} from '#features/contact-change/schemas.ts';
import { verifyEmail } from '#features/contact-change/verify-email.ts';
import { verifyPhone } from '#features/contact-change/verify-phone.ts';
import { flood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';

const tag = 'user';

export const contactRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/email/change',
    summary: 'Send a code to another email address, and a link to the present one by which it stays',
    description:
      'Asking again sends a new code in place of the older. The answer does not tell whether somebody has the address.',
    tag,
    access: 'user',
    stepUp: emailStepUp,
    idempotent: true,
    body: ChangeEmailSchema,
    responses: { 202: ChangeStartedSchema },
    errors: ['auth.email.unacceptable', 'user.state.blocked', 'request.rate_limited'],
    limits: [{ name: 'email-change', points: 20, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, request) {
      return accepted(await changeEmail(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/email/verify',
    summary: 'Prove the email address by the code that was sent to it: from now on it is the one of the account',
    tag,
    access: 'user',
    idempotent: true,
    body: VerifyContactSchema,
    responses: { 200: EmailVerifiedSchema },
    errors: ['auth.step_up.required', 'auth.verification.invalid', 'user.state.blocked', 'request.rate_limited'],
    limits: [{ name: 'email-verify', points: 30, windowSeconds: 600, by: 'user' }],
    async handle(ctx, request) {
      return ok(await verifyEmail(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/email/revert',
    summary: 'Put the email address back by the link that was sent to it; every session ends, and nobody is signed in',
    tag,
    access: 'public',
    body: RevertEmailSchema,
    responses: { 204: null },
    errors: ['request.invalid', 'auth.verification.invalid', 'user.contact_change.taken'],
    limits: [{ name: 'email-revert', ...flood }],
    async handle(ctx, request) {
      await revertEmail(ctx, request.body, callerOf(request));
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/phone/change',
    summary: 'Send a code to a phone number, a first one or another',
    description:
      'Another number takes what adding a factor does: a passkey where there is one. Asking again sends a new code in place of the older. The answer does not tell whether somebody has the number.',
    tag,
    access: 'user',
    stepUp: { acr: 'aal2', maxAgeSeconds: 300 },
    idempotent: true,
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
    description: 'What another number takes is asked for again. The code stays good for whoever steps up.',
    tag,
    access: 'user',
    idempotent: true,
    body: VerifyContactSchema,
    responses: { 200: PhoneVerifiedSchema },
    errors: ['auth.step_up.required', 'auth.verification.invalid', 'user.state.blocked', 'request.rate_limited'],
    limits: [{ name: 'phone-verify', points: 30, windowSeconds: 600, by: 'user' }],
    async handle(ctx, request) {
      return ok(await verifyPhone(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/phone/resend',
    summary: 'Send a new code to the number that is being proven',
    description:
      'That of a change which this session asked for, or the one given at registration. The code is good in this session.',
    tag,
    access: 'user',
    idempotent: true,
    responses: { 202: ChangeStartedSchema },
    errors: ['user.state.blocked', 'user.contact_change.none_pending', 'request.rate_limited'],
    limits: [{ name: 'phone-resend', points: 20, windowSeconds: 3600, by: 'user' }],
    async handle(ctx, request) {
      return accepted(await resendPhoneCode(ctx, callerOf(request)));
    },
  },
]);

import { accepted, created, defineRoutes } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { resendRegistration } from '#features/registration/resend-registration.ts';
import {
  RegistrationStartedSchema,
  ResendRegistrationSchema,
  StartRegistrationSchema,
  VerifyRegistrationSchema,
} from '#features/registration/schemas.ts';
import { startRegistration } from '#features/registration/start-registration.ts';
import { verifyRegistration } from '#features/registration/verify-registration.ts';
import { TokensSchema } from '#features/session/schemas.ts';
import { UserSchema } from '#features/user/schemas.ts';
import { flood, letterFlood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';
import { tokenReply } from '#transport/http/token-reply.ts';

const tag = 'registration';

export const registrationRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/register',
    summary: 'Start a registration',
    description: 'Sends a code to the address. A taken address gets the same answer, and its owner another message.',
    tag,
    access: 'public',
    body: StartRegistrationSchema,
    responses: { 202: RegistrationStartedSchema },
    errors: [
      'request.invalid',
      'auth.password.unacceptable',
      'auth.email.unacceptable',
      'auth.terms.outdated',
      'service.overloaded',
    ],
    limits: [letterFlood],
    async handle(ctx, request) {
      return accepted(await startRegistration(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/register/verify',
    summary: 'Prove the address: creates the user and opens the first session',
    tag,
    access: 'public',
    proof: 'accepted',
    body: VerifyRegistrationSchema,
    responses: { 201: v.object({ ...TokensSchema.entries, user: UserSchema }) },
    errors: ['request.invalid', 'auth.client.unknown', 'auth.origin.refused', 'auth.registration.code_invalid'],
    limits: [{ name: 'register-verify', ...flood }],
    async handle(ctx, request) {
      const { signedIn, user } = await verifyRegistration(ctx, request.body, callerOf(request));
      const { body, cookies } = tokenReply(ctx, signedIn);
      return created({ ...body, user }, { cookies });
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/register/resend',
    summary: 'Send a new code; the older one ends',
    tag,
    access: 'public',
    body: ResendRegistrationSchema,
    responses: { 202: null },
    errors: ['request.invalid'],
    limits: [letterFlood],
    async handle(ctx, request) {
      await resendRegistration(ctx, request.body, callerOf(request));
      return accepted();
    },
  },
]);

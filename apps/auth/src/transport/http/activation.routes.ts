import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { activate } from '#features/activation/activate.ts';
import { ActivateSchema } from '#features/activation/schemas.ts';
import { TokensSchema } from '#features/session/schemas.ts';
import { flood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';
import { tokenReply } from '#transport/http/token-reply.ts';

export const activationRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/activate',
    summary: 'Become a member of staff by an activation link; opens a session for enrolling a second factor',
    description: 'On the staff listener alone. The tokens have the audience `enrolment` and no roles.',
    tag: 'staff',
    access: 'public',
    proof: 'accepted',
    body: ActivateSchema,
    responses: { 200: TokensSchema },
    errors: [
      'request.invalid',
      'auth.client.unknown',
      'auth.origin.refused',
      'auth.verification.invalid',
      'auth.password.unacceptable',
      'service.overloaded',
      'service.unavailable',
    ],
    limits: [{ name: 'activate', ...flood }],
    async handle(ctx, request) {
      const { body, cookies } = tokenReply(ctx, await activate(ctx, request.body, callerOf(request)));
      return ok(body, { cookies });
    },
  },
]);

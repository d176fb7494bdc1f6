import { accepted, defineRoutes, noContent } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { changePassword } from '#features/password/change-password.ts';
import { forgotPassword } from '#features/password/forgot-password.ts';
import { resetPassword } from '#features/password/reset-password.ts';
import { ChangePasswordSchema, ForgotPasswordSchema, ResetPasswordSchema } from '#features/password/schemas.ts';
import { flood, letterFlood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';

const tag = 'password';

export const passwordRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/password/forgot',
    summary: 'Ask for a link for choosing another password',
    description: 'The answer is the same whether or not the identifier names anybody.',
    tag,
    access: 'public',
    body: ForgotPasswordSchema,
    responses: { 202: null },
    errors: ['request.invalid'],
    limits: [letterFlood],
    async handle(ctx, request) {
      await forgotPassword(ctx, request.body, callerOf(request));
      return accepted();
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/password/reset',
    summary: 'Choose another password by the link; every session ends, and nobody is signed in',
    tag,
    access: 'public',
    body: ResetPasswordSchema,
    responses: { 204: null },
    errors: ['request.invalid', 'auth.verification.invalid', 'auth.password.unacceptable', 'service.overloaded'],
    limits: [{ name: 'password-reset', ...flood }],
    async handle(ctx, request) {
      await resetPassword(ctx, request.body, callerOf(request));
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/password/change',
    summary: 'Change the password; the other sessions end',
    tag,
    access: 'user',
    body: ChangePasswordSchema,
    responses: { 204: null },
    errors: [
      'request.rate_limited',
      'auth.password.unacceptable',
      'auth.credentials.invalid',
      'auth.credentials.locked',
      'service.overloaded',
    ],
    limits: [{ name: 'password-change', points: 30, windowSeconds: 600, by: 'user' }],
    async handle(ctx, request) {
      await changePassword(ctx, request.body, callerOf(request));
      return noContent();
    },
  },
]);

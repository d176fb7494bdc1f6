import { defineRoutes, ok } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { TokensSchema } from '#features/session/schemas.ts';
import { challengeSignIn } from '#features/sign-in/challenge-sign-in.ts';
import { completeSignIn } from '#features/sign-in/complete-sign-in.ts';
import {
  ChallengeSchema,
  ChallengeStartedSchema,
  CompleteSignInSchema,
  FactorRequiredSchema,
  SignInSchema,
} from '#features/sign-in/schemas.ts';
import { signIn } from '#features/sign-in/sign-in.ts';
import { flood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';
import { tokenReply } from '#transport/http/token-reply.ts';

const tag = 'sign-in';

export const signInRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/login',
    summary: 'Sign in with a password',
    tag,
    access: 'public',
    proof: 'accepted',
    body: SignInSchema,
    responses: { 200: v.union([TokensSchema, FactorRequiredSchema]) },
    errors: [
      'request.invalid',
      'request.rate_limited',
      'auth.client.unknown',
      'auth.origin.refused',
      'auth.credentials.invalid',
      'auth.credentials.locked',
      'auth.password.compromised',
      'service.overloaded',
      'service.unavailable',
    ],
    limits: [{ name: 'login', ...flood }],
    async handle(ctx, request) {
      const result = await signIn(ctx, request.body, callerOf(request));
      if (result.kind === 'mfa_required') {
        const { loginId, factors, expiresIn } = result;
        return ok({ status: 'mfa_required', loginId, factors, expiresIn });
      }
      const { body, cookies } = tokenReply(ctx, result.signedIn);
      return ok(body, { cookies });
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/login/challenge',
    summary: 'Ask for the second half of a sign-in',
    tag,
    access: 'public',
    body: ChallengeSchema,
    responses: { 200: ChallengeStartedSchema },
    errors: ['request.invalid', 'auth.login.invalid', 'auth.second_factor.locked', 'service.unavailable'],
    limits: [{ name: 'login-challenge', ...flood }],
    async handle(ctx, request) {
      return ok(await challengeSignIn(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/login/verify',
    summary: 'Present the second half of a sign-in',
    tag,
    access: 'public',
    proof: 'accepted',
    body: CompleteSignInSchema,
    responses: { 200: TokensSchema },
    errors: [
      'request.invalid',
      'auth.client.unknown',
      'auth.origin.refused',
      'request.rate_limited',
      'auth.login.invalid',
      'auth.second_factor.invalid',
      'auth.second_factor.clock_off',
      'auth.second_factor.locked',
      'auth.password.compromised',
      'service.unavailable',
    ],
    limits: [{ name: 'login-verify', ...flood }],
    async handle(ctx, request) {
      const { body, cookies } = tokenReply(ctx, await completeSignIn(ctx, request.body, callerOf(request)));
      return ok(body, { cookies });
    },
  },
]);

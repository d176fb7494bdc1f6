import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { TokensSchema } from '#features/session/schemas.ts';
import { ChallengeStartedSchema } from '#features/sign-in/schemas.ts';
import { challengeStepUp } from '#features/step-up/challenge-step-up.ts';
import { StepUpChallengeSchema, StepUpSchema } from '#features/step-up/schemas.ts';
import { stepUp } from '#features/step-up/step-up.ts';
import { callerOf } from '#transport/http/caller.ts';
import { tokenReply } from '#transport/http/token-reply.ts';

const tag = 'step-up';

export const stepUpRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/step-up/challenge',
    summary: 'Ask for a factor, or for a code by email, to confirm who holds this session',
    tag,
    access: 'user',
    body: StepUpChallengeSchema,
    responses: { 200: ChallengeStartedSchema },
    errors: ['factor.not_found', 'auth.second_factor.locked'],
    limits: [{ name: 'step-up-challenge', points: 30, windowSeconds: 600, by: 'user' }],
    async handle(ctx, request) {
      return ok(await challengeStepUp(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/step-up/verify',
    summary: 'Confirm who holds this session; its tokens come new and the older refresh token dies',
    tag,
    access: 'user',
    body: StepUpSchema,
    responses: { 200: TokensSchema },
    errors: [
      'request.rate_limited',
      'challenge.not_found',
      'auth.second_factor.invalid',
      'auth.second_factor.clock_off',
      'auth.second_factor.locked',
      'auth.step_up.required',
      'auth.step_up.code_required',
      'auth.credentials.invalid',
      'auth.credentials.locked',
      'service.overloaded',
    ],
    limits: [{ name: 'step-up-verify', points: 60, windowSeconds: 600, by: 'user' }],
    async handle(ctx, request) {
      const { body, cookies } = tokenReply(ctx, await stepUp(ctx, request.body, callerOf(request)));
      return ok(body, { cookies });
    },
  },
]);

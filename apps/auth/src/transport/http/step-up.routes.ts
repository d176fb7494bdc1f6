import { requireUser } from '@bank/domain';
import { defineRoutes, ok, type RouteLimit } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { sessionsMax } from '#features/session/policies.ts';
import { TokensSchema } from '#features/session/schemas.ts';
import { challengeStepUp } from '#features/step-up/challenge-step-up.ts';
import { StepUpChallengeSchema, StepUpSchema, StepUpStartedSchema } from '#features/step-up/schemas.ts';
import { stepUp } from '#features/step-up/step-up.ts';
import { TransactionToken } from '#features/transaction/schemas.ts';
import { callerOf } from '#transport/http/caller.ts';
import { tokenReply } from '#transport/http/token-reply.ts';

const tag = 'step-up';

const windowSeconds = 600;

/**
 * For each session, so that one that was stolen keeps no other of its user from stepping up or approving anything; and as much for the
 * user as all sessions that they may have. What the session is refused takes nothing from that: limits by a function are asked in order.
 */
function limitsOf(name: string, points: number): readonly RouteLimit[] {
  return [
    { name, points, windowSeconds, by: ({ actor }) => requireUser(actor).sessionId },
    {
      name: `${name}-of-user`,
      points: points * sessionsMax,
      windowSeconds,
      by: ({ actor }) => requireUser(actor).userId,
    },
  ];
}

export const stepUpRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/step-up/challenge',
    summary: 'Ask for a factor, or for a code by email, to confirm who holds this session; or to approve a transaction',
    tag,
    access: 'user',
    body: StepUpChallengeSchema,
    responses: { 200: StepUpStartedSchema },
    errors: ['access.forbidden', 'factor.not_found', 'auth.step_up.required', 'auth.second_factor.locked'],
    limits: limitsOf('step-up-challenge', 30),
    async handle(ctx, request) {
      return ok(await challengeStepUp(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/step-up/verify',
    summary:
      'Confirm who holds this session; its tokens come new and the older refresh token dies. Or approve a transaction',
    tag,
    access: 'user',
    body: StepUpSchema,
    responses: { 200: v.union([TokensSchema, TransactionToken]) },
    errors: [
      'request.rate_limited',
      'auth.client.unknown',
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
    limits: limitsOf('step-up-verify', 60),
    async handle(ctx, request) {
      const outcome = await stepUp(ctx, request.body, callerOf(request));
      if (outcome.kind === 'approved') return ok(outcome.token);
      const { body, cookies } = tokenReply(ctx, outcome.signedIn);
      return ok(body, { cookies });
    },
  },
]);

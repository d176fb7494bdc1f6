import { accepted, defineRoutes, noContent, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { cancelRecovery } from '#features/recovery/cancel-recovery.ts';
import { completeRecovery } from '#features/recovery/complete-recovery.ts';
import {
  CancelRecoverySchema,
  CompleteRecoverySchema,
  RecoveryStandingSchema,
  StartRecoverySchema,
} from '#features/recovery/schemas.ts';
import { startRecovery } from '#features/recovery/start-recovery.ts';
import { flood, letterFlood } from '#transport/http/address-limits.ts';
import { callerOf } from '#transport/http/caller.ts';

const tag = 'recovery';

export const recoveryRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/auth/recovery',
    summary: 'Ask for the link that begins the recovery of an account whose user has lost every factor',
    description: 'The answer is the same whether or not the identifier names anybody.',
    tag,
    access: 'public',
    body: StartRecoverySchema,
    responses: { 202: null },
    errors: ['request.invalid'],
    limits: [letterFlood],
    async handle(ctx, request) {
      await startRecovery(ctx, request.body, callerOf(request));
      return accepted();
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/recovery/complete',
    summary: 'Prove a recovery by its link and a recovery code; without a code staff decide',
    description:
      'Nothing is removed before `completesAt`; every channel of the user is told, with a link that ends it.',
    tag,
    access: 'public',
    body: CompleteRecoverySchema,
    responses: { 200: RecoveryStandingSchema },
    errors: [
      'request.invalid',
      'auth.verification.invalid',
      'auth.second_factor.locked',
      'request.rate_limited',
      'service.unavailable',
    ],
    limits: [{ name: 'recovery-complete', ...flood }],
    async handle(ctx, request) {
      return ok(await completeRecovery(ctx, request.body, callerOf(request)));
    },
  },
  {
    method: 'POST',
    path: '/v1/auth/recovery/cancel',
    summary: 'End a recovery by the link in a notice of it',
    tag,
    access: 'public',
    body: CancelRecoverySchema,
    responses: { 204: null },
    errors: ['request.invalid', 'auth.verification.invalid'],
    limits: [{ name: 'recovery-cancel', ...flood }],
    async handle(ctx, request) {
      await cancelRecovery(ctx, request.body, callerOf(request));
      return noContent();
    },
  },
]);

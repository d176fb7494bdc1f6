import { ChallengePurpose, FactorType, MfaService, type VerifyChallengeRequest } from '@bank/proto/mfa';
import { defineRpc } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { startChallenge } from '#features/challenge/start-challenge.ts';
import { verifyChallenge } from '#features/challenge/verify-challenge.ts';
import { listFactors } from '#features/factor/list-factors.ts';
import { removeFactors } from '#features/factor/remove-factors.ts';
import { resetFactors } from '#features/factor/reset-factors.ts';

const types = {
  totp: FactorType.TOTP,
  sms: FactorType.SMS,
  email: FactorType.EMAIL,
  webauthn: FactorType.WEBAUTHN,
  recovery_code: FactorType.UNSPECIFIED,
} as const;

const purposes: Readonly<Record<number, string>> = {
  [ChallengePurpose.SIGN_IN]: 'sign_in',
  [ChallengePurpose.STEP_UP]: 'step_up',
  [ChallengePurpose.RECOVERY]: 'recovery',
  [ChallengePurpose.TRANSACTION]: 'transaction',
};

export const mfaRpc = defineRpc<AppContext, typeof MfaService>(MfaService, {
  listFactors: {
    access: 'service',
    idempotent: true,
    async handle(ctx, request, call) {
      const factors = await listFactors(ctx, call.actor, request.userId);
      return {
        factors: factors.map(({ id, type, confirmedAt, lastUsedAt }) => ({
          factorId: id,
          type: types[type],
          confirmedAt: timestampFromDate(confirmedAt),
          ...(lastUsedAt && { lastUsedAt: timestampFromDate(lastUsedAt) }),
        })),
      };
    },
  },
  startChallenge: {
    access: 'service',
    async handle(ctx, { userId, factorId, purpose, bindingId, transactionText }, call) {
      const stated = transactionText === '' ? {} : { transactionText };
      const input = { userId, factorId, purpose: purposes[purpose], bindingId, ...stated };
      const { challengeId, type, expiresAt } = await startChallenge(ctx, call.actor, input);
      return { challengeId, type: types[type], expiresAt: timestampFromDate(expiresAt) };
    },
  },
  verifyChallenge: {
    access: 'service',
    handle: async (ctx, request, call) => ({ type: types[await verifyChallenge(ctx, call.actor, toAnswer(request))] }),
  },
  resetFactors: {
    access: 'staff',
    idempotent: true,
    async handle(ctx, { userId, noteId, approval }, call) {
      return { removedCount: await resetFactors(ctx, call.actor, { userId, noteId, approval }) };
    },
  },
  removeFactors: {
    access: 'service',
    idempotent: true,
    async handle(ctx, { userId, recoveryId }, call) {
      return { removedCount: await removeFactors(ctx, call.actor, { userId, recoveryId }) };
    },
  },
});

function toAnswer({ userId, purpose, bindingId, proof }: VerifyChallengeRequest) {
  const binding = { userId, purpose: purposes[purpose], bindingId };
  switch (proof.case) {
    case 'answer':
      return { ...binding, challengeId: proof.value.challengeId, response: { code: proof.value.code } };
    case 'recoveryCode':
      return { ...binding, response: { recoveryCode: proof.value } };
    default:
      return binding;
  }
}

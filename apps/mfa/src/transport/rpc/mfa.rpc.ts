import { MfaService } from '@bank/proto/mfa';
import { defineRpc } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { startChallenge } from '#features/challenge/start-challenge.ts';
import { verifyChallenge } from '#features/challenge/verify-challenge.ts';
import { checkFactorChange } from '#features/factor/check-factor-change.ts';
import { listFactors } from '#features/factor/list-factors.ts';
import { removeFactors } from '#features/factor/remove-factors.ts';
import { resetFactors } from '#features/factor/reset-factors.ts';
import { startPasskeySignIn } from '#features/passkey-sign-in/start-passkey-sign-in.ts';
import { verifyPasskeySignIn } from '#features/passkey-sign-in/verify-passkey-sign-in.ts';
import { toAnswer, toAssertion, toKind, toOptions, toQuestion } from '#transport/rpc/messages.ts';

export const mfaRpc = defineRpc<AppContext, typeof MfaService>(MfaService, {
  listFactors: {
    access: 'service',
    async handle(ctx, request, call) {
      const factors = await listFactors(ctx, call.actor, request.userId);
      return {
        factors: factors.map(({ id, type, confirmedAt, lastUsedAt }) => ({
          factorId: id,
          ...toKind(type),
          confirmedAt: timestampFromDate(confirmedAt),
          ...(lastUsedAt && { lastUsedAt: timestampFromDate(lastUsedAt) }),
        })),
      };
    },
  },
  startChallenge: {
    access: 'service',
    async handle(ctx, request, call) {
      const { challengeId, type, expiresAt, options } = await startChallenge(ctx, call.actor, toQuestion(request));
      const told = { challengeId, ...toKind(type), expiresAt: timestampFromDate(expiresAt) };
      return options === undefined ? told : { ...told, options: toOptions(options) };
    },
  },
  verifyChallenge: {
    access: 'service',
    async handle(ctx, request, call) {
      const { by, worth } = await verifyChallenge(ctx, call.actor, toAnswer(request));
      return { ...toKind(by), ...(worth && { passkey: worth }) };
    },
  },
  startPasskeySignIn: {
    access: 'service',
    handle: async (ctx, _request, call) => ({ options: toOptions(await startPasskeySignIn(ctx, call.actor)) }),
  },
  verifyPasskeySignIn: {
    access: 'service',
    async handle(ctx, { challenge, assertion, audience, signInId }, call) {
      const input = { challenge, assertion: toAssertion(assertion), audience, signInId };
      const { userId, factorId, worth } = await verifyPasskeySignIn(ctx, call.actor, input);
      return { userId, factorId, passkey: worth };
    },
  },
  checkFactorChange: {
    access: 'user',
    async handle(ctx, _request, call) {
      await checkFactorChange(ctx, call.actor);
      return {};
    },
  },
  resetFactors: {
    access: 'staff',
    async handle(ctx, { userId, noteId, approval }, call) {
      return { removedCount: await resetFactors(ctx, call.actor, { userId, noteId, approval }) };
    },
  },
  removeFactors: {
    access: 'service',
    async handle(ctx, { userId, recoveryId }, call) {
      return { removedCount: await removeFactors(ctx, call.actor, { userId, recoveryId }) };
    },
  },
});

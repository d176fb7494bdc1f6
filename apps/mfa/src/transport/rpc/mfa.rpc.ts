import { FactorType, MfaService } from '@bank/proto/mfa';
import { defineRpc } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { listFactors } from '#features/factor/list-factors.ts';

const types = {
  totp: FactorType.TOTP,
  sms: FactorType.SMS,
  email: FactorType.EMAIL,
  webauthn: FactorType.WEBAUTHN,
} as const;

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
});

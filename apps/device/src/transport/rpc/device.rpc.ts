import { DomainError } from '@bank/domain';
import { DeviceService, RiskVerdict } from '@bank/proto/device';
import { defineRpc } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { assessSignIn } from '#features/device/assess-sign-in.ts';

const verdicts = { allow: RiskVerdict.ALLOW, challenge: RiskVerdict.CHALLENGE, deny: RiskVerdict.DENY } as const;

export const deviceRpc = defineRpc<AppContext, typeof DeviceService>(DeviceService, {
  assessSignIn: {
    access: 'service',
    idempotent: true,
    async handle(ctx, request, call) {
      const { attemptId, userId, knownDeviceId } = request;
      const assessment = await assessSignIn(ctx, call.actor, { attemptId, userId, knownDeviceId });
      return {
        // An attempt has one assessment, so asking again gives the same one.
        assessmentId: attemptId,
        verdict: verdicts[assessment.verdict],
        score: assessment.score,
        reasons: [...assessment.reasons],
      };
    },
  },
  listDevices: { access: 'staff', handle: notServedYet },
  revokeDevice: { access: 'staff', handle: notServedYet },
});

function notServedYet(): never {
  throw new DomainError('service.unavailable', { reason: 'not served yet' });
}

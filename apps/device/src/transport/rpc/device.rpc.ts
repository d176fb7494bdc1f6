import { DeviceService, RiskVerdict } from '@bank/proto/device';
import { defineRpc } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { platforms } from '#events.ts';
import { listDevicesOf } from '#features/device/list-devices-of.ts';
import { revokeDevice } from '#features/device/revoke-device.ts';
import type { StaffDevice } from '#features/device/view.ts';
import { startApproval } from '#features/device-key/start-approval.ts';
import { verifyApproval } from '#features/device-key/verify-approval.ts';
import { assessSignIn } from '#features/sign-in/assess-sign-in.ts';

const verdicts = { allow: RiskVerdict.ALLOW, challenge: RiskVerdict.CHALLENGE, deny: RiskVerdict.DENY } as const;

export const deviceRpc = defineRpc<AppContext, typeof DeviceService>(DeviceService, {
  assessSignIn: {
    access: 'service',
    async handle(ctx, request, call) {
      const { attemptId, userId, knownDeviceId } = request;
      const assessment = await assessSignIn(ctx, call.actor, { attemptId, userId, knownDeviceId });
      return {
        // An attempt has one assessment, so asking again gives the same one.
        assessmentId: attemptId,
        verdict: verdicts[assessment.verdict],
        score: assessment.score,
        reasons: [...assessment.reasons],
        ...(assessment.deviceTrustedAt && { deviceTrustedAt: timestampFromDate(assessment.deviceTrustedAt) }),
      };
    },
  },
  startKeyApproval: {
    access: 'service',
    async handle(ctx, { userId, sessionId, deviceId, payloadDigest }, call) {
      const asked = await startApproval(ctx, call.actor, { userId, sessionId, deviceId, payloadDigest });
      const { id: challengeId, challenge, expiresAt } = asked;
      return { challengeId, challenge, expiresAt: timestampFromDate(expiresAt) };
    },
  },
  verifyKeyApproval: {
    access: 'service',
    async handle(ctx, { userId, sessionId, deviceId, challengeId, signature }, call) {
      await verifyApproval(ctx, call.actor, { userId, sessionId, deviceId, challengeId, signature });
      return {};
    },
  },
  listDevices: {
    access: 'staff',
    async handle(ctx, { userId, limit, cursor }, call) {
      const { items, nextCursor } = await listDevicesOf(ctx, call.actor, { userId, limit, cursor });
      return { devices: items.map(toMessage), nextCursor: nextCursor ?? '' };
    },
  },
  revokeDevice: {
    access: 'staff',
    async handle(ctx, { userId, deviceId, noteId }, call) {
      await revokeDevice(ctx, call.actor, { userId, deviceId, noteId });
      return {};
    },
  },
});

function toMessage({ platform, firstSeenAt, lastSeenAt, ...device }: StaffDevice) {
  return {
    ...device,
    platform: platforms[platform],
    firstSeenAt: timestampFromDate(firstSeenAt),
    lastSeenAt: timestampFromDate(lastSeenAt),
  };
}

import { DeviceService } from '@bank/proto/device';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { noAnswerOf, personWaitsMs, refusalCodeOf } from '#adapters/no-answer.ts';

/** In whose session the key of which device is asked. */
export interface DeviceKeyBinding {
  userId: string;
  sessionId: string;
  deviceId: string;
}

/** A question for the key of a device. */
export interface DeviceKeyChallenge {
  challengeId: string;
  challenge: Uint8Array;
  expiresAt: Date;
}

/** Asks the keys of devices to sign transactions. Both methods throw service.unavailable when there is no answer. */
export interface DeviceKeys {
  /** Nothing for a device without a key. */
  start(binding: DeviceKeyBinding, payloadDigest: Uint8Array): Promise<DeviceKeyChallenge | undefined>;
  /** `closed` when the question is over, was answered, or never was. */
  verify(
    binding: DeviceKeyBinding,
    answer: { challengeId: string; signature: Uint8Array },
  ): Promise<'accepted' | 'wrong' | 'closed'>;
}

/** Asks the device service. */
export function createDeviceKeys(options: RpcClientOptions): DeviceKeys {
  const device = createRpcClient(DeviceService, { ...options, deadlineMs: personWaitsMs });
  return {
    async start(binding, payloadDigest) {
      try {
        const { challengeId, challenge, expiresAt } = await device.startKeyApproval({ ...binding, payloadDigest });
        if (expiresAt === undefined) throw new Error('a challenge needs an end');
        return { challengeId, challenge, expiresAt: timestampDate(expiresAt) };
      } catch (error) {
        if (refusalCodeOf(error) === 'device.key.not_found') return undefined;
        throw noAnswerOf('device', error);
      }
    },
    async verify(binding, answer) {
      try {
        await device.verifyKeyApproval({ ...binding, ...answer });
        return 'accepted';
      } catch (error) {
        if (refusalCodeOf(error) === 'device.key.unproven') return 'wrong';
        if (refusalCodeOf(error) === 'challenge.not_found') return 'closed';
        throw noAnswerOf('device', error);
      }
    },
  };
}

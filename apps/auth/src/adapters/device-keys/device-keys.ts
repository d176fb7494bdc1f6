import { DomainError } from '@bank/domain';
import { DeviceService } from '@bank/proto/device';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { timestampDate } from '@bufbuild/protobuf/wkt';

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

/** How long a person waits for device, in milliseconds. */
const budgetMs = 2000;
const retryAfterSeconds = 2;

/** Asks the device service. */
export function createDeviceKeys(options: RpcClientOptions<typeof DeviceService>): DeviceKeys {
  const device = createRpcClient(DeviceService, { ...options, deadlineMs: budgetMs });
  return {
    async start(binding, payloadDigest) {
      try {
        const { challengeId, challenge, expiresAt } = await device.startKeyApproval({ ...binding, payloadDigest });
        if (expiresAt === undefined) throw new Error('a challenge needs an end');
        return { challengeId, challenge, expiresAt: timestampDate(expiresAt) };
      } catch (error) {
        if (codeOf(error) === 'device.key.not_found') return undefined;
        throw unavailable(error);
      }
    },
    async verify(binding, answer) {
      try {
        await device.verifyKeyApproval({ ...binding, ...answer });
        return 'accepted';
      } catch (error) {
        if (codeOf(error) === 'device.key.unproven') return 'wrong';
        if (codeOf(error) === 'challenge.not_found') return 'closed';
        throw unavailable(error);
      }
    },
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof DomainError ? error.code : undefined;
}

function unavailable(cause: unknown): DomainError {
  const reason = 'device did not answer';
  return new DomainError('service.unavailable', { reason, details: { retryAfterSeconds }, cause });
}

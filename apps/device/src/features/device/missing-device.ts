import { DomainError, type UserActor } from '@bank/domain';
import type { Repositories } from '#context.ts';

/**
 * What is said where a user's device is not found. That of the session is registered by the event that tells of the sign-in:
 * while this is on its way it is a matter of waiting, and no device that is missing.
 */
export async function missingDevice(
  { devices }: Pick<Repositories, 'devices'>,
  { userId, deviceId: currentId }: UserActor,
  id: string,
): Promise<DomainError> {
  const isExpected = id === currentId && (await devices.find(userId, id)) === undefined;
  if (!isExpected) return new DomainError('device.not_found');
  return new DomainError('service.unavailable', { reason: 'not registered yet', details: { retryAfterSeconds: 1 } });
}

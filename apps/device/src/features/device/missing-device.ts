import { setTimeout as pause } from 'node:timers/promises';
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
  return isExpected ? new NotRegisteredYet() : new DomainError('device.not_found');
}

class NotRegisteredYet extends DomainError {
  constructor() {
    super('service.unavailable', { reason: 'not registered yet', details: { retryAfterSeconds: 1 } });
  }
}

/** The pauses before each further try, in milliseconds: an event comes within 135 ms, and while a process starts within a second. */
const pausesMs = [50, 100, 200, 400, 800];

/**
 * Does what may be asked of a device before anything was read of it, once it is registered; who names a version has read it.
 * @throws what `work` throws, service.unavailable when it is not registered within two seconds
 */
export async function onceRegistered<T>(work: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotRegisteredYet)) throw error;
      await pause(pauseMs);
    }
  }
  return work();
}

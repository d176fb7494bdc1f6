import { setTimeout as pause } from 'node:timers/promises';
import { readerOf } from '@bank/database';
import { DomainError, type UserActor } from '@bank/domain';
import type { AppContext, Repositories } from '#context.ts';

/** The pauses before each further look, in milliseconds: an event comes within 135, and while a process starts within a second. */
const pausesMs = [50, 100, 200, 400, 800];

/**
 * Waits at most 1.6 seconds for the device of the session, which the event that tells of the sign-in registers. For whatever
 * may be asked of a device before anything was read of it, outside of any transaction; who names a version has read it.
 */
export async function untilRegistered(ctx: AppContext, user: UserActor, id: string): Promise<void> {
  if (id !== user.deviceId) return;
  const { devices } = readerOf(ctx);
  for (const pauseMs of pausesMs) {
    if ((await devices.find(user.userId, id)) !== undefined) return;
    await pause(pauseMs);
  }
}

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

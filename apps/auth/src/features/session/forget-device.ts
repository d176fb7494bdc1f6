import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { endManySessions } from '#features/session/end-session.ts';

const RemovedDeviceSchema = v.strictObject({ userId: UserIdSchema, deviceId: UuidSchema });

/**
 * Ends what sessions are left of a device that was removed, and forgets its secret: whoever signs in with it from now on is
 * on a new device (SR-46, SR-47). A sign-in under way either commits before this and is ended too, or finds no device. Doing
 * it again changes nothing. @throws request.invalid
 */
export async function forgetDevice(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, deviceId } = parse(RemovedDeviceSchema, input);
  const who = allow.system('forget-device');
  const audits = ['auth.session.revoked', 'auth.sessions.revoked'] as const;
  await withTransaction(ctx, { who, audits }, async (tx) => {
    await endManySessions(tx, { userId, deviceId }, 'device_removed');
    await tx.devices.remove(userId, deviceId);
  });
}

import { randomBytes } from 'node:crypto';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { missingDevice, untilRegistered } from '#features/device/missing-device.ts';
import { DeviceParams } from '#features/device/schemas.ts';
import { challengeBytes, challengeSeconds } from '#features/device-key/policies.ts';
import type { KeyChallengeView } from '#features/device-key/schemas.ts';

/** A challenge, and the version of the device that the answer is to name. */
export interface StartedBinding {
  readonly view: KeyChallengeView;
  readonly version: number;
}

/**
 * Asks the device of the session for a key: its first, or one in place of the key that it has. What was asked before in
 * that session is dead. The route demands a fresh second factor (SR-62), this the level that the user's factors give (SR-31).
 * @throws auth.token.missing, request.invalid, auth.step_up.required, device.not_found, service.unavailable, device.not_current
 */
export async function startBinding(ctx: AppContext, actor: Actor, params: unknown): Promise<StartedBinding> {
  const user = requireUser(actor);
  const { userId, sessionId, deviceId: currentId } = user;
  const { id: deviceId } = parse(DeviceParams, params);
  await untilRegistered(ctx, user, deviceId);
  const access = { who: allow.self(actor, userId), unaudited: 'a question: the ledger gets what comes of it' } as const;
  await ctx.factorRule.requireMet();
  const id = ctx.ids.next();
  const challenge = randomBytes(challengeBytes);
  return withTransaction(ctx, access, async (tx): Promise<StartedBinding> => {
    const device = await tx.deviceNames.find(userId, deviceId);
    if (device === undefined) throw await missingDevice(tx, user, deviceId);
    if (deviceId !== currentId) throw new DomainError('device.not_current');
    const ceremony = device.key === null ? 'bind' : 'rotate';
    const expiresAt = new Date(tx.clock.now().getTime() + challengeSeconds * 1000);
    const binding = { userId, sessionId, deviceId, ceremony } as const;
    await tx.keyChallenges.start({ ...binding, id, challenge, payloadDigest: null, expiresAt });
    const asked = { challengeId: id, challenge: challenge.toString('base64url'), expiresIn: challengeSeconds };
    return { view: { ...asked, ceremony }, version: device.version };
  });
}

import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser, type UserActor } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { readPublicKey } from '@bank/verifier';
import type { AppContext, AppTransaction } from '#context.ts';
import { deviceKeyBound, deviceKeyRotated } from '#events.ts';
import { calledIn } from '#features/device/called-in.ts';
import { missingDevice } from '#features/device/missing-device.ts';
import { DeviceParams } from '#features/device/schemas.ts';
import { toViewedDevice, type ViewedDevice } from '#features/device/view.ts';
import { isSigned } from '#features/device-key/is-signed.ts';
import { KeyBody } from '#features/device-key/schemas.ts';
import type { NamedDevice } from '#storage/device.entity.ts';
import type { NewKey, StoredKey } from '#storage/device-key.entity.ts';

interface Binding {
  readonly user: UserActor;
  readonly device: NamedDevice;
  readonly key: NewKey;
  readonly body: KeyBody;
  /** When the level of the session was judged, or before: what a reset of the factors overtakes is older than it, and goes (SR-35). */
  readonly at: Date;
}

/**
 * Binds a key to the device of the session, which has signed the challenge with it; a key that the device has signs as well
 * and is gone then. The first answer uses the challenge up, right or wrong, and a wrong one is in the ledger. One key is of
 * one device. The route demands a fresh second factor (SR-62), this the level that the user's factors give: the key approves what
 * they approve, and there may be a better one since the challenge (SR-31).
 * @throws auth.token.missing, request.invalid, auth.step_up.required, device.not_found, service.unavailable, device.not_current, request.precondition_failed,
 * challenge.not_found, device.key.unproven, device.key.taken
 */
export async function bindKey(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number; body: unknown },
): Promise<ViewedDevice> {
  const user = requireUser(actor);
  const { id: deviceId } = parse(DeviceParams, input.params);
  const body = parse(KeyBody, input.body);
  const key = toKey(user, deviceId, body);
  const who = allow.self(actor, user.userId);
  const audits = ['device.key.bound', 'device.key.rotated', 'device.key.failed'] as const;
  const at = ctx.clock.now();
  await ctx.factorRule.requireMet();
  const bound = await withTransaction(ctx, { who, audits }, async (tx) => {
    await tx.devices.lockOf(user.userId);
    const device = await tx.deviceNames.find(user.userId, deviceId);
    if (device === undefined) throw await missingDevice(tx, user, deviceId);
    if (deviceId !== user.deviceId) throw new DomainError('device.not_current');
    if (device.version !== input.version) throw new DomainError('request.precondition_failed');
    const binding = { user, device, key, body, at };
    return (await prove(tx, binding)) ? await store(tx, binding) : undefined;
  });
  if (bound === undefined) throw new DomainError('device.key.unproven', { reason: 'signature' });
  return toViewedDevice(bound, user.deviceId);
}

/** @throws request.invalid for a point that is not on the curve, or a second spelling of one */
function toKey({ userId }: UserActor, deviceId: string, { publicKey }: KeyBody): NewKey {
  const read = readPublicKey(publicKey);
  if (read === undefined) {
    throw new DomainError('request.invalid', { details: { errors: [{ path: 'publicKey', rule: 'public_key' }] } });
  }
  const { key, algorithm, jkt: thumbprint } = read;
  return { userId, deviceId, algorithm, thumbprint, publicKey: key.export({ format: 'der', type: 'spki' }) };
}

/** Whether all signatures are right. @throws challenge.not_found */
async function prove(tx: AppTransaction, { user, device, key, body }: Binding): Promise<boolean> {
  const { userId, sessionId } = user;
  const previous = await tx.deviceKeys.find(userId, device.id);
  const ceremony = previous === undefined ? 'bind' : 'rotate';
  const binding = { userId, sessionId, deviceId: device.id, ceremony } as const;
  const asked = await tx.keyChallenges.consume(body.challengeId, binding, tx.clock.now());
  if (asked === undefined) throw new DomainError('challenge.not_found');
  const signed = { deviceId: device.id, challenge: asked.challenge, about: key.thumbprint };
  const isSignedBy = (signer: Pick<StoredKey, 'algorithm' | 'publicKey'>, signature: string | undefined) =>
    signature !== undefined && isSigned(signer, ceremony, signed, Buffer.from(signature, 'base64url'));
  const isProven =
    isSignedBy(key, body.signature) &&
    (previous === undefined ? body.previousSignature === undefined : isSignedBy(previous, body.previousSignature));
  if (!isProven) {
    const failure = { action: 'device.key.failed', subject: userId, outcome: 'failure', reason: ceremony } as const;
    await tx.audit({ ...failure, details: { deviceId: device.id } });
  }
  return isProven;
}

async function store(tx: AppTransaction, { user: { userId }, device, key, at }: Binding): Promise<NamedDevice> {
  const isRotation = device.key !== null;
  const boundAt = device.key?.boundAt ?? at;
  if (isRotation) await tx.deviceKeys.remove(userId, device.id);
  if (!(await tx.deviceKeys.bind(key, { boundAt, rotatedAt: isRotation ? at : null }))) {
    throw new DomainError('device.key.taken');
  }
  const version = await tx.devices.raiseVersion(userId, device.id, device.version);
  if (version === undefined) throw new DomainError('request.precondition_failed', { reason: 'changed meanwhile' });
  const facts = { userId, deviceId: device.id, at };
  await tx.emit(isRotation ? deviceKeyRotated(facts) : deviceKeyBound(facts));
  const action = isRotation ? 'device.key.rotated' : 'device.key.bound';
  await tx.audit({ action, subject: userId, outcome: 'success', details: { deviceId: device.id } });
  const template = isRotation ? 'device-key-rotated' : 'device-key-bound';
  await notify(tx, userId, messageOf(template, { at, ...calledIn(device) }));
  const { algorithm, thumbprint } = key;
  return { ...device, version, key: { algorithm, thumbprint, boundAt } };
}

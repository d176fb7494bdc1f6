import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { isSigned } from '#features/device-key/is-signed.ts';
import { ApprovalAnswer } from '#features/device-key/schemas.ts';

/**
 * Takes the signature of a device's key over a challenge and the transaction that it was asked for. The first answer uses the
 * challenge up, right or wrong. @throws access.forbidden, request.invalid, challenge.not_found, device.key.unproven
 */
export async function verifyApproval(ctx: AppContext, actor: Actor, input: unknown): Promise<void> {
  const access = {
    who: allow.service(actor, ['auth']),
    audits: ['device.key.used', 'device.key.failed'],
  } as const;
  const { challengeId, signature, userId, sessionId, deviceId } = parse(ApprovalAnswer, input);
  const isProven = await withTransaction(ctx, access, async (tx) => {
    await tx.devices.lockOf(userId); // a removal takes the key first and its questions then
    const now = tx.clock.now();
    const binding = { userId, sessionId, deviceId, ceremony: 'approve' } as const;
    const asked = await tx.keyChallenges.consume(challengeId, binding, now);
    const key = await tx.deviceKeys.find(userId, deviceId);
    if (asked === undefined || asked.payloadDigest === null || key === undefined) {
      throw new DomainError('challenge.not_found');
    }
    const about = Buffer.from(asked.payloadDigest).toString('base64url');
    const isRight = isSigned(key, 'approve', { deviceId, challenge: asked.challenge, about }, signature);
    if (isRight) await tx.deviceKeys.noteUse(deviceId, now);
    const details = { deviceId, sessionId };
    const action = isRight ? 'device.key.used' : 'device.key.failed';
    const outcome = isRight ? 'success' : 'failure';
    await tx.audit({ action, subject: userId, outcome, reason: 'approve', details });
    return isRight;
  });
  if (!isProven) throw new DomainError('device.key.unproven', { reason: 'signature' });
}

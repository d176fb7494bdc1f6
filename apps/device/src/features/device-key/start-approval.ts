import { randomBytes } from 'node:crypto';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { challengeBytes, challengeSeconds } from '#features/device-key/policies.ts';
import { ApprovalStart } from '#features/device-key/schemas.ts';
import type { KeyChallenge } from '#storage/key-challenge.entity.ts';

/**
 * Asks the key of a user's device to sign a transaction, of which the caller knows the digest (SR-63). It takes the place of
 * what that device was asked before in the same session. @throws access.forbidden, request.invalid, device.key.not_found
 */
export async function startApproval(
  ctx: AppContext,
  actor: Actor,
  input: unknown,
): Promise<Pick<KeyChallenge, 'id' | 'challenge' | 'expiresAt'>> {
  const access = { who: allow.service(actor, ['auth']), unaudited: 'a question: auth tells what comes of it' } as const;
  const { payloadDigest, ...binding } = parse(ApprovalStart, input);
  const id = ctx.ids.next();
  const challenge = randomBytes(challengeBytes);
  return withTransaction(ctx, access, async (tx) => {
    const { userId, deviceId } = binding;
    if ((await tx.deviceKeys.find(userId, deviceId)) === undefined) throw new DomainError('device.key.not_found');
    const expiresAt = new Date(tx.clock.now().getTime() + challengeSeconds * 1000);
    await tx.keyChallenges.start({ ...binding, ceremony: 'approve', id, challenge, payloadDigest, expiresAt });
    return { id, challenge, expiresAt };
  });
}

import { withTransaction } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { bringForward, makeSigningKey } from '#features/signing-key/make-signing-key.ts';
import { planRotationNow, rotationLead } from '#features/signing-key/policies.ts';
import { loadSigningKeys } from '#features/signing-key/rotate-signing-keys.ts';
import { type KeyView, viewOf } from '#features/signing-key/view-signing-keys.ts';
import type { StoredSigningKey } from '#storage/feed/signing-key.repository.ts';

const RotateSchema = v.object({
  leadSeconds: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(rotationLead.min), v.maxValue(rotationLead.max)),
    rotationLead.usual,
  ),
});

/**
 * Rotates before it is due: the next key is public at once and signs after the lead; one that waits already is brought forward.
 * The key of before stays public as after any rotation. Doing it twice makes no second key. @throws access.forbidden, request.invalid,
 * auth.key.too_many
 */
export async function bringRotationForward(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<KeyView> {
  const who = allow.service(caller.actor, ['ops']);
  const { leadSeconds } = parse(RotateSchema, input);
  const next = await withTransaction(ctx, { who, audits: ['auth.key.rotated'] }, (tx) => rotateAfter(tx, leadSeconds));
  await loadSigningKeys(ctx);
  return viewOf(next, 'next');
}

async function rotateAfter(tx: AppTransaction, leadSeconds: number): Promise<StoredSigningKey> {
  await tx.signingKeys.lockForRotation();
  const keys = await tx.signingKeys.all();
  const plan = planRotationNow(keys, tx.clock.now(), leadSeconds);
  switch (plan.kind) {
    case 'made':
      return await makeSigningKey(tx, keys, plan.signsFrom);
    case 'brought_forward':
      return await bringForward(tx, keys, plan.next, plan.signsFrom);
    case 'unchanged':
      return plan.next;
    case 'too_many':
      throw new DomainError('auth.key.too_many');
  }
}

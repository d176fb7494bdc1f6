import { withTransaction } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { bringForward, makeSigningKey } from '#features/signing-key/make-signing-key.ts';
import { planSuccession, revokedKeyMs } from '#features/signing-key/policies.ts';
import { loadSigningKeys } from '#features/signing-key/rotate-signing-keys.ts';
import { type KeyView, viewsOf } from '#features/signing-key/view-signing-keys.ts';
import type { StoredSigningKey } from '#storage/feed/signing-key.repository.ts';

const RevokeSchema = v.object({ keyId: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'key_id')) });

/**
 * Forgets a key that has leaked. The feed tells every process to refuse what it has signed, tokens and approvals, whenever
 * that was; sessions go on, since their refresh tokens are not signed. Gives the key that signs now.
 * @throws access.forbidden, request.invalid, auth.key.not_found
 */
export async function revokeSigningKey(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<KeyView | undefined> {
  const who = allow.service(caller.actor, ['ops']);
  const { keyId } = parse(RevokeSchema, input);
  const audits = ['auth.key.revoked', 'auth.key.rotated'] as const;
  const remaining = await withTransaction(ctx, { who, audits }, (tx) => forgetKey(tx, keyId));
  if (remaining === undefined) throw new DomainError('auth.key.not_found');
  await loadSigningKeys(ctx);
  return viewsOf(remaining, ctx.clock.now()).find(({ state }) => state === 'signing');
}

async function forgetKey(tx: AppTransaction, kid: string): Promise<StoredSigningKey[] | undefined> {
  await tx.signingKeys.lockForRotation();
  const keys = await tx.signingKeys.all();
  const gone = keys.find((key) => key.kid === kid);
  if (gone === undefined) return undefined;
  const now = tx.clock.now();
  await tx.signingKeys.remove([kid]);
  const expiresAt = new Date(now.getTime() + revokedKeyMs);
  await tx.revocations.insert({ id: tx.ids.next(), signingKeyId: kid, notBefore: now, expiresAt });
  await tx.audit({ action: 'auth.key.revoked', subject: kid, outcome: 'success' });
  const others = keys.filter((key) => key !== gone);
  const plan = planSuccession(keys, gone, now);
  switch (plan.kind) {
    case 'unchanged':
      return others;
    case 'taken_over':
      return [...others.filter((key) => key !== plan.next), await bringForward(tx, keys, plan.next, plan.signsFrom)];
    case 'made':
      return [...others, await makeSigningKey(tx, keys, plan.signsFrom)];
  }
}

import { readerOf } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { defaultRotation, type KeyState, viewKeys } from '#features/signing-key/policies.ts';
import type { StoredSigningKey } from '#storage/feed/signing-key.repository.ts';

/** A key as operators see it: nothing of its private half. */
export interface KeyView extends Pick<StoredSigningKey, 'kid' | 'algorithm' | 'createdAt' | 'signsFrom'> {
  state: KeyState;
  publicUntil?: Date;
}

/** The keys that tokens are verified with, in the order in which they sign. @throws access.forbidden */
export async function viewSigningKeys(ctx: AppContext, caller: Pick<Caller, 'actor'>): Promise<KeyView[]> {
  allow.service(caller.actor, ['ops']);
  return viewsOf(await readerOf(ctx).signingKeys.all(), ctx.clock.now());
}

/** Keys as operators see them. */
export function viewsOf(keys: readonly StoredSigningKey[], now: Date): KeyView[] {
  return viewKeys(keys, now, defaultRotation).map(({ key, state, ...times }) => ({ ...viewOf(key, state), ...times }));
}

/** One key as operators see it. */
export function viewOf({ kid, algorithm, createdAt, signsFrom }: StoredSigningKey, state: KeyState): KeyView {
  return { kid, algorithm, createdAt, signsFrom, state };
}

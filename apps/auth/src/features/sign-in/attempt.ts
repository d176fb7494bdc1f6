import { readerOf, withStatement } from '@bank/database';
import type { Grant } from '@bank/domain';
import { keyedHash } from '@bank/security';
import type { AppContext } from '#context.ts';
import { hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { knownAmong, type PresentedDevice, presentedIds } from '#features/session/recognise-device.ts';
import { lockSchedule, unknownDevices } from '#features/sign-in/lockout-policies.ts';
import { refuseLocked } from '#features/sign-in/refuse-locked.ts';
import type { Identifier } from '#features/sign-in/schemas.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { ClaimedAttempt, PoolKey } from '#storage/sign-ins/lockout.repository.ts';
import type { Credential } from '#storage/users/user.repository.ts';

/** One password attempt that has been counted and may be judged. */
export interface Attempt extends PoolKey {
  /** Of the attempt, and of the sign-in that waits for its second half. */
  id: string;
  at: Date;
  client: Client;
  device: PresentedDevice;
  /** The device of a known-device pool. */
  knownDeviceId: string | undefined;
  credential: Credential | undefined;
  /** The user's id, or a decoy that names nobody. */
  userId: string;
  claimed: ClaimedAttempt;
  caller: Caller;
}

interface Begin {
  who: Grant;
  identifier: Identifier;
  client: Client;
  device: PresentedDevice;
  caller: Caller;
}

/**
 * Finds out whom an attempt is about and counts it, committed before anything is verified. The steps are the same whether
 * or not there is such a user. @throws auth.credentials.locked while the pool is locked
 */
export async function beginAttempt(ctx: AppContext, begin: Begin): Promise<Attempt> {
  const { who, identifier, client, device, caller } = begin;
  const at = ctx.clock.now();
  const named = { kind: identifier.kind, digests: indexAddress(ctx, identifier) };
  const { credential, devices } = await readerOf(ctx).users.findNamed(named, presentedIds(device));
  const userId = credential?.userId ?? ctx.ids.next();
  const knownDeviceId = knownAmong(devices, device);
  // Email and phone of one user share their pools; an identifier of nobody has pools of its own.
  const subjectHash =
    credential === undefined ? hashAddress(ctx, identifier) : keyedHash(ctx.keys.limits, 'user', userId);
  const key = { subjectHash, pool: knownDeviceId ?? unknownDevices };
  const unaudited = 'counts an attempt: the ledger gets what becomes of it';
  const claimed = await withStatement(ctx, { who, unaudited }, ({ lockouts }) => lockouts.claim(key, lockSchedule, at));
  if (claimed === undefined) {
    const lock = await readerOf(ctx).lockouts.findLock(key);
    const facts = { at, userId: credential?.userId, knownDeviceId, clientId: client.id };
    return await refuseLocked(ctx, who, { ...facts, ...key, lock });
  }
  return { id: ctx.ids.next(), at, client, device, caller, userId, credential, knownDeviceId, claimed, ...key };
}

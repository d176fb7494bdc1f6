import { withTransaction } from '@bank/database';
import { allow, DomainError, EmailSchema, isBlocked, PhoneNumberSchema, parse } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import type { User } from '#storage/users/user.repository.ts';

const LookupUserSchema = v.variant('kind', [
  v.object({ kind: v.literal('email'), value: EmailSchema }),
  v.object({ kind: v.literal('phone'), value: PhoneNumberSchema }),
]);

/** Finds a user by an exact address, for staff; every look is told to the ledger, found or not. @throws access.forbidden, request.invalid, user.not_found */
export async function lookupUser(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<User> {
  const who = allow.permission(caller.actor, 'users.search');
  const address = parse(LookupUserSchema, input);
  const found = await withTransaction(ctx, { who, audits: ['user.read'] }, async (tx) => {
    const userId = await tx.identifiers.ownerOf(address.kind, indexAddress(tx, address));
    const user = userId === undefined ? undefined : await tx.users.find(userId);
    const visible = user === undefined || isBlocked(user.status, 'lookup') ? undefined : user;
    const outcome = visible === undefined ? 'failure' : 'success';
    await tx.audit({ action: 'user.read', subject: visible?.id ?? 'unknown', outcome, details: { by: address.kind } });
    return visible;
  });
  if (found === undefined) throw new DomainError('user.not_found');
  return found;
}

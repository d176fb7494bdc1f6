import { withTransaction } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { makeActivationLink } from '#features/activation/activation-link.ts';
import { keepActivation } from '#features/activation/new-activation.ts';
import { administratorsEnough } from '#features/activation/policies.ts';
import { CreateFirstAdminSchema } from '#features/activation/schemas.ts';
import { type Address, hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';

/** What the operator hands to the person, who alone should open it. */
export interface FirstAdmin {
  activationUrl: string;
  expiresAt: Date;
}

/**
 * Makes the activation link of an administrator, for the operator who sets the system up (SR-10). There is no user yet, and
 * a newer link for the same address ends the older. Once there are two administrators nobody gets in this way.
 * @throws access.forbidden, request.invalid, staff.administrators.enough, staff.address.taken
 */
export async function createFirstAdmin(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<FirstAdmin> {
  const who = allow.service(caller.actor, ['ops']);
  const { email } = parse(CreateFirstAdminSchema, input);
  const id = ctx.ids.next();
  const link = makeActivationLink(ctx, id);
  const address = { kind: 'email', value: email } as const;
  const audits = ['operator.command_run'] as const;
  const outcome = await withTransaction(ctx, { who, audits }, async (tx) => {
    const refusal = await refusalOf(tx, address);
    const details = { command: 'admin create' };
    if (refusal !== undefined) {
      await tx.audit({ action: 'operator.command_run', subject: id, outcome: 'denied', reason: refusal, details });
      return { refusal };
    }
    await tx.activations.supersedeOperators(hashAddress(tx, address), tx.clock.now());
    const activation = { id, email, roles: ['admin'], invitedBy: null, tokenDigest: link.digest } as const;
    const expiresAt = await keepActivation(tx, activation);
    await tx.audit({ action: 'operator.command_run', subject: id, outcome: 'success', details });
    return { expiresAt };
  });
  if (outcome.refusal !== undefined) throw new DomainError(outcome.refusal);
  return { activationUrl: link.url, expiresAt: outcome.expiresAt };
}

async function refusalOf(
  tx: AppTransaction,
  address: Address,
): Promise<'staff.administrators.enough' | 'staff.address.taken' | undefined> {
  if ((await tx.users.countAdministrators()) >= administratorsEnough) return 'staff.administrators.enough';
  const ownerId = await tx.identifiers.ownerOf(address.kind, indexAddress(tx, address));
  return ownerId === undefined ? undefined : 'staff.address.taken';
}

import { EmailSchema, PhoneNumberSchema, type UserId } from '@bank/domain';
import { generateCode, hashCode, matchesCode } from '@bank/security';
import * as v from 'valibot';
import type { AppContext, ReadContext } from '#context.ts';
import type { Address } from '#features/address/index-address.ts';
import { codeSeconds } from '#features/contact-change/policies.ts';
import type { ContactChange } from '#storage/users/contact-change.repository.ts';

type Bound = Pick<ContactChange, 'userId' | 'kind' | 'sessionId' | 'id'>;

/** A new code of a change: the plain form goes into the message, the rest is stored. */
export function makeChangeCode(ctx: AppContext, change: Bound) {
  const code = generateCode();
  const codeHash = hashCode(ctx.keys.limits, useOf(change), code);
  return { code, codeHash, codeExpiresAt: new Date(ctx.clock.now().getTime() + codeSeconds * 1000) };
}

/** Whether a code is the one of this change, user, kind and session, and still good (SR-22, SR-24). */
export function isChangeCode(ctx: AppContext, change: ContactChange, code: string): boolean {
  if (change.codeExpiresAt <= ctx.clock.now()) return false;
  return matchesCode(ctx.keys.limits, useOf(change), code, change.codeHash);
}

const useOf = ({ kind, userId, sessionId, id }: Bound) => ({
  purpose: `contact-change.${kind}`,
  binding: [userId, sessionId, id].join(':'),
});

const placeOf = ({ userId, kind }: Pick<ContactChange, 'userId' | 'kind'>) =>
  ({ userId, table: 'contact_changes', group: kind, keyClass: 'erasable' }) as const;

/** Seals the address that is to be changed to. */
export function sealAddress(ctx: ReadContext, userId: UserId, { kind, value }: Address): Promise<Uint8Array> {
  return ctx.vault.seal(ctx.em, placeOf({ userId, kind }), { address: value });
}

/** Opens it again. @throws SealBroken */
export async function openAddress(ctx: ReadContext, change: ContactChange): Promise<Address> {
  const { address } = await ctx.vault.open(ctx.em, placeOf(change), change.address);
  if (change.kind === 'email') return { kind: 'email', value: v.parse(EmailSchema, address) };
  return { kind: 'phone', value: v.parse(PhoneNumberSchema, address) };
}

import type { Email, PhoneNumber } from '@bank/domain';
import { normaliseEmail } from '@bank/domain';
import { blindIndex, keyedHash } from '@bank/security';
import type { AppContext } from '#context.ts';

export type Address = { kind: 'email'; value: Email } | { kind: 'phone'; value: PhoneNumber };

/** One value under which an address is found; there is one per live index key. */
export interface AddressDigest {
  readonly keyId: string;
  readonly digest: Uint8Array;
}

/** Every value under which an address is stored and looked up, the current key's first (SR-41: normalised once, here). */
export function indexAddress(ctx: Pick<AppContext, 'keys'>, address: Address): readonly AddressDigest[] {
  return blindIndex(ctx.keys.blindIndex, `auth.identifiers.${address.kind}`, comparable(address));
}

/**
 * The name of an address in counters: keyed, so that a counter gives nobody's address away. Of users who ask to have it there is one
 * apart: strangers cannot fill it.
 */
export function hashAddress(
  ctx: Pick<AppContext, 'keys'>,
  address: Address,
  counter: 'address' | 'change' = 'address',
): Uint8Array {
  return keyedHash(ctx.keys.limits, `${counter}.${address.kind}`, comparable(address));
}

function comparable(address: Address): string {
  return address.kind === 'email' ? normaliseEmail(address.value) : address.value;
}

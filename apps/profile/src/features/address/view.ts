import type * as v from 'valibot';
import type { AddressView } from '#features/address/schemas.ts';
import type { PostalAddress } from '#storage/profile-groups.ts';

/** An address as its person sees it. */
export function toAddressView(address: PostalAddress): v.InferInput<typeof AddressView> {
  const { lines, district, city, region, postalCode, country } = address;
  return { lines: [...lines], district, city, region, postalCode, country };
}

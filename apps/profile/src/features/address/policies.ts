import { DomainError, type FieldError } from '@bank/domain';
import { type AddressPart, type CountryRules, rulesOf } from '#features/address/country-rules.ts';
import type { AddressInput } from '#features/address/schemas.ts';
import type { PostalAddress } from '#storage/profile-groups.ts';

const optionalParts = ['district', 'city', 'region', 'postalCode'] as const satisfies readonly AddressPart[];

/**
 * An address by the rules of its country: nothing is missing that post needs there, the postal code looks like one and fits
 * the region, and a region of a list is written as its code. A part that the country does not use is kept all the same, but
 * for a postal code where there are none. @throws request.invalid with each part that is wrong
 */
export function addressOf(input: AddressInput): PostalAddress {
  const rules = rulesOf(input.country);
  const region = regionOf(rules, input.region);
  const postalCode = input.postalCode?.toUpperCase() ?? null;
  const address = { ...input, region: region?.key ?? input.region, postalCode };
  const errors: FieldError[] = optionalParts
    .filter((name) => rules.isRequired(name) && address[name] === null)
    .map((path) => ({ path, rule: 'required_in_country' }));
  if (input.region !== null && rules.regions.length > 0 && region === undefined) {
    errors.push({ path: 'region', rule: 'region_of_country' });
  }
  const rule = postalCode === null ? undefined : postalCodeProblem(rules, region, postalCode);
  if (rule !== undefined) errors.push({ path: 'postalCode', rule });
  if (errors.length > 0) throw new DomainError('request.invalid', { details: { errors } });
  return address;
}

type Region = CountryRules['regions'][number];

/** By code or name, as people write it. */
function regionOf({ regions }: CountryRules, given: string | null): Region | undefined {
  if (given === null) return undefined;
  const folded = given.toLowerCase();
  return (
    regions.find(({ key }) => key.toLowerCase() === folded) ?? regions.find(({ name }) => name.toLowerCase() === folded)
  );
}

function postalCodeProblem(rules: CountryRules, region: Region | undefined, postalCode: string): string | undefined {
  if (!rules.hasPostalCode) return 'no_postal_codes';
  if (rules.postalCode?.test(postalCode) === false) return 'postal_code_of_country';
  return region?.postalCodes?.test(postalCode) === false ? 'postal_code_of_region' : undefined;
}

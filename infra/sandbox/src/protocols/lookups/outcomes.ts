/** How a provider answers a question about an account. */
export type Outcome =
  | { readonly kind: 'found'; readonly name: string | null }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'status'; readonly status: 429 | 500 | 503 }
  | { readonly kind: 'slow'; readonly name: string }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'redirect' };

interface Rule {
  /** The last two digits of a number. */
  readonly ending: string;
  readonly outcome: Outcome;
  readonly description: string;
}

const usual: Outcome = { kind: 'found', name: 'ADA LOVELACE' };
const found = (name: string | null): Outcome => ({ kind: 'found', name });
const status = (code: 429 | 500 | 503): Outcome => ({ kind: 'status', status: code });

const sharedRules: readonly Rule[] = [
  { ending: '01', outcome: found('LOVELACE, ADA'), description: 'found: LOVELACE, ADA' },
  { ending: '02', outcome: found('ADA KING LOVELACE'), description: 'found: ADA KING LOVELACE' },
  { ending: '03', outcome: found('GRACE HOPPER'), description: 'found: GRACE HOPPER' },
  { ending: '04', outcome: { kind: 'not_found' }, description: 'not found' },
];

/** Those of Paystack, which is asked first where both are. */
const paystackRules: readonly Rule[] = [
  ...sharedRules,
  { ending: '05', outcome: status(500), description: '500' },
  { ending: '06', outcome: status(503), description: '503' },
  { ending: '07', outcome: { kind: 'slow', name: 'ADA LOVELACE' }, description: 'found after SANDBOX_SLOW_MS' },
  { ending: '08', outcome: { kind: 'malformed' }, description: '200, and a page instead of JSON' },
  { ending: '09', outcome: status(429), description: '429' },
  { ending: '10', outcome: { kind: 'redirect' }, description: '302 to another path' },
];

const flutterwaveRules: readonly Rule[] = [
  ...sharedRules,
  { ending: '06', outcome: status(500), description: '500' },
  { ending: '09', outcome: status(429), description: '429' },
];

const billRules: readonly Rule[] = [
  { ending: '04', outcome: { kind: 'not_found' }, description: 'bill: no such customer' },
  { ending: '06', outcome: status(500), description: 'bill: 500' },
  { ending: '07', outcome: { kind: 'slow', name: 'ADA LOVELACE' }, description: 'bill: found after SANDBOX_SLOW_MS' },
  { ending: '08', outcome: { kind: 'malformed' }, description: 'bill: 200, and a page instead of JSON' },
  { ending: '11', outcome: found(null), description: 'bill: found, without a name' },
];

export type LookupName = 'paystack' | 'flutterwave' | 'bill';

const rules: Readonly<Record<LookupName, readonly Rule[]>> = {
  paystack: paystackRules,
  flutterwave: flutterwaveRules,
  bill: billRules,
};

/** Names that were given to numbers, for people of other names: `PUT /api/holders/{number}`. */
export class Holders {
  readonly #names = new Map<string, string>();

  set(number: string, name: string): void {
    this.#names.set(number, name);
  }

  /** What a question about a number is answered by one of the lookups. */
  outcomeOf(lookup: LookupName, number: string): Outcome {
    const name = this.#names.get(number);
    if (name !== undefined) return found(name);
    return rules[lookup].find(({ ending }) => number.endsWith(ending))?.outcome ?? usual;
  }
}

/** For the page. */
export function documented(...lookups: readonly LookupName[]): { input: string; outcome: string }[] {
  const listed = lookups.flatMap((lookup) => rules[lookup]);
  return [
    ...listed.map(({ ending, description }) => ({ input: `a number that ends with ${ending}`, outcome: description })),
    { input: 'any other number', outcome: 'found: ADA LOVELACE, or whom PUT /api/holders/{number} named' },
  ];
}

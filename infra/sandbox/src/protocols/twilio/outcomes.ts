/** What becomes of a text message. */
export type Outcome =
  | { readonly kind: 'refuse'; readonly status: number; readonly code: number; readonly message: string }
  | { readonly kind: 'undelivered'; readonly code: number }
  | { readonly kind: 'hang' };

interface Rule {
  /** The last digit of +1 500 555 000x, Twilio's own numbers for trying things out. */
  readonly digit: number;
  readonly outcome: Outcome;
  readonly description: string;
}

const refuse = (status: number, code: number, message: string): Outcome => ({ kind: 'refuse', status, code, message });

const rules: readonly Rule[] = [
  { digit: 1, outcome: refuse(400, 21211, 'Invalid phone number'), description: 'refused: 21211, not a number' },
  { digit: 2, outcome: refuse(400, 21612, 'Not reachable'), description: 'refused: 21612, cannot be routed' },
  { digit: 3, outcome: refuse(400, 21408, 'Region not enabled'), description: 'refused: 21408, region not enabled' },
  { digit: 4, outcome: refuse(400, 21610, 'Unsubscribed'), description: 'refused: 21610, has said STOP' },
  { digit: 5, outcome: refuse(429, 20429, 'Too many requests'), description: 'refused for now: 429, 20429' },
  { digit: 6, outcome: refuse(500, 20500, 'Internal error'), description: 'fails: 500, 20500' },
  { digit: 7, outcome: { kind: 'undelivered', code: 30003 }, description: 'accepted, then undelivered: 30003' },
  { digit: 8, outcome: { kind: 'hang' }, description: 'never answered' },
  { digit: 9, outcome: refuse(400, 21614, 'Not a mobile number'), description: 'refused: 21614, not a mobile number' },
];

export const outcomesByNumber = [
  ...rules.map(({ digit, description }) => ({ input: `+1500555000${digit}`, outcome: description })),
  { input: 'any other number', outcome: 'accepted, sent, delivered' },
];

/** What a message to this number leads to; undefined for the ordinary case, delivery. */
export function outcomeOf(number: string): Outcome | undefined {
  const digit = /^\+1500555000(\d)$/.exec(number)?.[1];
  return rules.find((rule) => String(rule.digit) === digit)?.outcome;
}

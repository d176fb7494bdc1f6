/** What becomes of a message, by whom it is for. */
export type Behaviour = 'invalid' | 'bounce' | 'expire' | 'stuck' | 'defer' | 'flaky' | 'slow' | 'mute';

interface Rule {
  readonly behaviour: Behaviour;
  /** The last of +1 500 555 000x, numbers that nobody has. */
  readonly digit: number;
  readonly outcome: string;
}

const rules: readonly Rule[] = [
  { behaviour: 'invalid', digit: 1, outcome: 'refused: INVALID_ARGUMENT' },
  { behaviour: 'bounce', digit: 2, outcome: 'accepted, and failed with address_unknown' },
  { behaviour: 'expire', digit: 3, outcome: 'accepted, and expired' },
  { behaviour: 'stuck', digit: 4, outcome: 'accepted and sent; nothing more is heard of it' },
  { behaviour: 'defer', digit: 5, outcome: 'UNAVAILABLE, every time' },
  { behaviour: 'flaky', digit: 6, outcome: 'each message once UNAVAILABLE, accepted when it comes again' },
  { behaviour: 'slow', digit: 7, outcome: 'accepted after SANDBOX_SLOW_MS (10 seconds)' },
  { behaviour: 'mute', digit: 8, outcome: 'kept, but the connection breaks before the answer' },
];

export const outcomesByRecipient = rules.map(({ behaviour, digit, outcome }) => ({
  input: `${behaviour}@…, ${behaviour}+anything@…, +1500555000${digit}, push token ${behaviour}-…`,
  outcome,
}));

/** What a message to this recipient leads to; undefined for the ordinary case, delivery. */
export function behaviourFor(recipient: string): Behaviour | undefined {
  const digit = /^\+1500555000(\d)$/.exec(recipient)?.[1];
  if (digit !== undefined) return rules.find((rule) => String(rule.digit) === digit)?.behaviour;
  const name = recipient.toLowerCase().split(recipient.includes('@') ? /[@+]/ : '-')[0];
  return rules.find(({ behaviour }) => behaviour === name)?.behaviour;
}

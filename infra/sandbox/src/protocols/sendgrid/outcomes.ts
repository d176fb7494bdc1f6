/** What becomes of a mail. Names that the mail server knows as well mean the same here. */
export type Behaviour = 'invalid' | 'bounce' | 'full' | 'defer' | 'flaky' | 'broken' | 'slow' | 'mute' | 'hang';

const rules: readonly { readonly mailbox: Behaviour; readonly outcome: string }[] = [
  { mailbox: 'invalid', outcome: 'refused: 400, not an address' },
  { mailbox: 'bounce', outcome: 'accepted, then an event: bounce 5.1.1' },
  { mailbox: 'full', outcome: 'accepted, then an event: dropped' },
  { mailbox: 'defer', outcome: 'refused for now, every time: 429' },
  { mailbox: 'flaky', outcome: 'each message refused once with 503, accepted when it comes again (by delivery id)' },
  { mailbox: 'broken', outcome: 'fails: 500' },
  { mailbox: 'slow', outcome: 'accepted after SANDBOX_SLOW_MS (10 seconds)' },
  { mailbox: 'mute', outcome: 'kept, but the connection breaks before the answer' },
  { mailbox: 'hang', outcome: 'never answered' },
];

export const outcomesByAddress = rules.map(({ mailbox, outcome }) => ({
  input: `${mailbox}@…, ${mailbox}+anything@…`,
  outcome,
}));

/** What a mail to this address leads to; undefined for the ordinary case, delivery. */
export function behaviourFor(address: string): Behaviour | undefined {
  const mailbox = address.toLowerCase().split('@')[0]?.split('+')[0];
  return rules.find((rule) => rule.mailbox === mailbox)?.mailbox;
}

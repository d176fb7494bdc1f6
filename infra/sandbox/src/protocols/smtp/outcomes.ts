/** When a rule acts: on the address (`RCPT TO`) or after the message (`DATA`). */
export type Outcome =
  | { readonly stage: 'recipient'; readonly status: number; readonly text: string }
  | { readonly stage: 'message'; readonly behaviour: 'slow' | 'flaky' | 'mute' };

interface Rule {
  readonly mailbox: string;
  readonly outcome: Outcome;
  readonly description: string;
}

const rules: readonly Rule[] = [
  {
    mailbox: 'bounce',
    outcome: { stage: 'recipient', status: 550, text: '5.1.1 no such mailbox' },
    description: 'refused for good: 550',
  },
  {
    mailbox: 'full',
    outcome: { stage: 'recipient', status: 552, text: '5.2.2 mailbox full' },
    description: 'refused for good: 552',
  },
  {
    mailbox: 'defer',
    outcome: { stage: 'recipient', status: 451, text: '4.3.0 try again later' },
    description: 'refused for now, every time: 451',
  },
  {
    mailbox: 'flaky',
    outcome: { stage: 'message', behaviour: 'flaky' },
    description: 'each message is refused once with 451 and accepted when it comes again (by Message-ID)',
  },
  {
    mailbox: 'slow',
    outcome: { stage: 'message', behaviour: 'slow' },
    description: 'accepted after SANDBOX_SLOW_MS (10 seconds)',
  },
  {
    mailbox: 'mute',
    outcome: { stage: 'message', behaviour: 'mute' },
    description: 'kept, but the connection breaks before the answer: the sender cannot know',
  },
];

export const outcomesByAddress = rules.map(({ mailbox, description }) => ({
  input: `${mailbox}@…, ${mailbox}+anything@…`,
  outcome: description,
}));

/** What mail to this address leads to; undefined for the ordinary case, delivery. */
export function outcomeOf(address: string): Outcome | undefined {
  const mailbox = address.toLowerCase().split('@')[0]?.split('+')[0];
  return rules.find((rule) => rule.mailbox === mailbox)?.outcome;
}

/** What becomes of a verification, by the number of one of its documents. */
export type Behaviour =
  | 'approve'
  | 'reject'
  | 'more'
  | 'slow'
  | 'never'
  | 'lost'
  | 'twice'
  | 'late'
  | 'invalid'
  | 'down'
  | 'flaky'
  | 'mute';

const rules: readonly { readonly behaviour: Behaviour; readonly outcome: string }[] = [
  { behaviour: 'approve', outcome: 'approved, as any other number' },
  { behaviour: 'reject', outcome: 'rejected with document_tampered and face_mismatch' },
  { behaviour: 'more', outcome: 'more information with document_unreadable' },
  { behaviour: 'slow', outcome: 'approved after SANDBOX_SLOW_MS (10 seconds)' },
  { behaviour: 'never', outcome: 'taken, and never decided' },
  { behaviour: 'lost', outcome: 'approved without an event: only who asks learns of it' },
  { behaviour: 'twice', outcome: 'approved, and told of twice' },
  {
    behaviour: 'late',
    outcome: 'the first attempt of a case needs more information; at the next it is told again, after its approval',
  },
  { behaviour: 'invalid', outcome: 'refused: INVALID_ARGUMENT' },
  { behaviour: 'down', outcome: 'UNAVAILABLE, every time' },
  { behaviour: 'flaky', outcome: 'each submission once UNAVAILABLE, taken when it comes again' },
  { behaviour: 'mute', outcome: 'taken and approved, but the connection breaks before the answer' },
];

export const outcomesByNumber = rules.map(({ behaviour, outcome }) => ({
  input: `document number ${behaviour.toUpperCase()}-…`,
  outcome,
}));

/** What the numbers of somebody's documents lead to: the first that says anything, else approval. */
export function behaviourOf(numbers: readonly string[]): Behaviour {
  const names = numbers.map((number) => number.toLowerCase().split('-')[0]);
  return rules.find(({ behaviour }) => names.includes(behaviour))?.behaviour ?? 'approve';
}

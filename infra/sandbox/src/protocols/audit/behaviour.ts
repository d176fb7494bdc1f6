/** How the Audit service behaves until it is told otherwise. */
export const behaviours = {
  normal: 'takes what is right and refuses what is not',
  down: 'answers UNAVAILABLE',
  slow: 'takes everything, and answers after SANDBOX_SLOW_MS (10 seconds)',
  mute: 'takes everything, and breaks the connection instead of answering',
  refuse: 'answers PERMISSION_DENIED',
} as const;

export type Behaviour = keyof typeof behaviours;

/** Whether that is one of the behaviours. */
export function isBehaviour(value: unknown): value is Behaviour {
  return typeof value === 'string' && Object.hasOwn(behaviours, value);
}

import { DomainError } from '#errors/domain-error.ts';

/** What a state may forbid. */
export const capabilities = ['sign_in', 'session', 'recovery', 'change', 'notice', 'lookup'] as const;
export type Capability = (typeof capabilities)[number];

/** Who moves a user: the person, staff directly with a reason, staff through an approval, our own safety rules, or the erasure job. */
export const movers = ['user', 'staff', 'approval', 'system', 'erasure'] as const;
export type Mover = (typeof movers)[number];

export type UserState = 'active' | 'locked' | 'suspended' | 'closed' | 'erased';

interface UserStateRow {
  readonly meaning: string;
  readonly blocks: readonly Capability[];
}

interface UserTransition {
  readonly from: UserState;
  readonly to: UserState;
  readonly by: readonly Mover[];
  readonly why: string;
}

/**
 * The life of a user. A registration that is not verified yet is not a user, so there is no pending state; the short
 * lock after wrong passwords is a counter, not a state.
 */
export const userStates = {
  initial: 'active',
  states: {
    active: { meaning: 'Verified and in use.', blocks: [] },
    locked: {
      meaning: 'Stopped for safety until staff lift it, or approve a recovery that does.',
      blocks: ['sign_in', 'session', 'change'],
    },
    suspended: {
      meaning: 'Stopped by a decision of the bank; recovery does not lift it.',
      blocks: ['sign_in', 'session', 'recovery', 'change'],
    },
    closed: {
      meaning: 'The relationship has ended; data is kept as law demands.',
      blocks: ['sign_in', 'session', 'recovery', 'change'],
    },
    erased: {
      meaning: 'Personal data is destroyed; the id remains and is never used again.',
      blocks: ['sign_in', 'session', 'recovery', 'change', 'notice', 'lookup'],
    },
  },
  transitions: [
    { from: 'active', to: 'locked', by: ['staff', 'system'], why: 'suspected takeover' },
    {
      from: 'locked',
      to: 'active',
      by: ['staff', 'user'],
      why: 'staff unlocks, or approves that the user recovers the account',
    },
    { from: 'active', to: 'suspended', by: ['approval'], why: 'decision of the bank' },
    { from: 'locked', to: 'suspended', by: ['approval'], why: 'decision of the bank' },
    { from: 'suspended', to: 'active', by: ['approval'], why: 'decision lifted' },
    { from: 'active', to: 'closed', by: ['approval', 'erasure'], why: 'relationship ended, or erasure is due' },
    { from: 'locked', to: 'closed', by: ['approval', 'erasure'], why: 'relationship ended, or erasure is due' },
    { from: 'suspended', to: 'closed', by: ['approval'], why: 'relationship ended' },
    { from: 'closed', to: 'erased', by: ['erasure'], why: 'erasure, once nothing obliges the bank to wait' },
  ],
} as const satisfies {
  initial: UserState;
  states: Record<UserState, UserStateRow>;
  transitions: readonly UserTransition[];
};

/** Whether a user in this state is refused that. */
export function isBlocked(state: UserState, capability: Capability): boolean {
  const blocks: readonly Capability[] = userStates.states[state].blocks;
  return blocks.includes(capability);
}

/** Checks that a user may be moved from one state to another by this mover. @throws user.transition.illegal */
export function decideTransition(from: UserState, to: UserState, by: Mover): void {
  const transitions: readonly UserTransition[] = userStates.transitions;
  const found = transitions.find((transition) => transition.from === from && transition.to === to);
  if (found === undefined || !found.by.includes(by)) {
    throw new DomainError('user.transition.illegal', { reason: `${from} to ${to} by ${by}` });
  }
}

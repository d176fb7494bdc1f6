import { describe, expect, test } from 'vitest';
import type { Mover, UserState } from '#user/user-states.ts';
import { capabilities, decideTransition, isBlocked, movers, userStates } from '#user/user-states.ts';

const states = Object.keys(userStates.states) as UserState[];

// Written by hand, apart from the table: who may move a user from one state to another.
const expected: Readonly<Record<string, readonly Mover[]>> = {
  'active>locked': ['staff', 'system'],
  'active>suspended': ['approval'],
  'active>closed': ['approval', 'erasure'],
  'locked>active': ['user', 'staff'],
  'locked>suspended': ['approval'],
  'locked>closed': ['approval', 'erasure'],
  'suspended>active': ['approval'],
  'suspended>closed': ['approval'],
  'closed>erased': ['erasure'],
};

function isAllowed(from: UserState, to: UserState, by: Mover): boolean {
  try {
    decideTransition(from, to, by);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'user.transition.illegal' });
    return false;
  }
}

describe('SR-73: decideTransition', () => {
  const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));

  test.each(pairs)('from %s to %s', (from, to) => {
    const allowed = movers.filter((by) => isAllowed(from, to, by));
    expect(new Set(allowed)).toEqual(new Set(expected[`${from}>${to}`] ?? []));
  });

  test('nothing leaves erased, and only what is closed gets there', () => {
    const { transitions } = userStates;
    expect(transitions.filter(({ from }) => (from as UserState) === 'erased')).toEqual([]);
    expect(transitions.filter(({ to }) => to === 'erased').map(({ from }) => from)).toEqual(['closed']);
  });
});

describe('isBlocked', () => {
  test('an active user is refused nothing, an erased one everything', () => {
    expect(capabilities.filter((capability) => isBlocked('active', capability))).toEqual([]);
    expect(capabilities.filter((capability) => isBlocked('erased', capability))).toEqual([...capabilities]);
  });

  test.each(states.filter((state) => state !== 'active'))('SR-47: %s ends sessions and sign-in', (state) => {
    expect(isBlocked(state, 'sign_in')).toBe(true);
    expect(isBlocked(state, 'session')).toBe(true);
  });

  test('a lock may be recovered from, a suspension not', () => {
    expect(isBlocked('locked', 'recovery')).toBe(false);
    expect(isBlocked('suspended', 'recovery')).toBe(true);
  });
});

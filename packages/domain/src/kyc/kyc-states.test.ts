import { describe, expect, test } from 'vitest';
import { type KycMover, type KycStatus, kycMovers, kycStates, kycStatuses } from '#kyc/kyc-states.ts';
import { decideKycTransition, kycSourcesOf } from './kyc-states.ts';

// Written by hand, apart from the table: who may move a case from one status to another.
const expected: Readonly<Record<string, readonly KycMover[]>> = {
  'none>draft': ['user'],
  'draft>submitted': ['user'],
  'draft>expired': ['system'],
  'submitted>in_review': ['system', 'staff'],
  'submitted>approved': ['provider'],
  'submitted>rejected': ['provider'],
  'submitted>more_information': ['provider'],
  'submitted>expired': ['system'],
  'in_review>approved': ['provider', 'approval'],
  'in_review>rejected': ['provider', 'approval'],
  'in_review>more_information': ['provider', 'staff'],
  'in_review>expired': ['system'],
  'more_information>submitted': ['user'],
  'more_information>expired': ['system'],
  'approved>expired': ['system'],
};

function isAllowed(from: KycStatus, to: KycStatus, by: KycMover): boolean {
  try {
    decideKycTransition(from, to, by);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'kyc.transition.illegal', kind: 'conflict' });
    return false;
  }
}

describe('SR-73: decideKycTransition', () => {
  test.each(kycStatuses.flatMap((from) => kycStatuses.map((to) => [from, to] as const)))(
    'from %s to %s',
    (from, to) => {
      const allowed = kycMovers.filter((by) => isAllowed(from, to, by));
      expect(new Set(allowed)).toEqual(new Set(expected[`${from}>${to}`] ?? []));
    },
  );

  test('no single person approves, and nothing is approved that was not handed in', () => {
    expect(kycSourcesOf('approved', 'user')).toEqual([]);
    expect(kycSourcesOf('approved', 'staff')).toEqual([]);
    expect(kycSourcesOf('approved', 'approval')).toEqual(['in_review']);
  });

  test('what is decided is decided: nothing but its end leaves it', () => {
    const decided = kycStates.transitions.filter(({ from }) =>
      (['approved', 'rejected', 'expired'] as readonly KycStatus[]).includes(from),
    );
    expect(decided.map(({ from, to }) => [from, to])).toEqual([['approved', 'expired']]);
  });
});

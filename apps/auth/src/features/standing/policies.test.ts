import { describe, expect, it } from 'vitest';
import { actionOfMove } from './policies.ts';

describe('actionOfMove', () => {
  it.each([
    ['locked', false, undefined],
    ['active', false, undefined],
    ['active', true, 'user.reinstate'],
    ['suspended', true, 'user.suspend'],
    ['suspended', false, 'user.suspend'],
    ['closed', true, 'user.close'],
    ['closed', false, 'user.close'],
  ] as const)('SR-71 to %s, with an approval: %s', (to, hasApproval, action) => {
    expect(actionOfMove(to, hasApproval)).toBe(action);
  });

  it('has no use for an approval of a lock', () => {
    expect(() => actionOfMove('locked', true)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });
});

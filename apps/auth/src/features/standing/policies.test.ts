import { describe, expect, it } from 'vitest';
import { actionOfMove, staffSinceOf } from './policies.ts';

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

describe('staffSinceOf', () => {
  const [before, at] = [new Date('2026-01-01'), new Date('2026-02-01')];

  it.each([
    ['a customer who becomes staff', ['customer'], null, ['support'], at],
    ['and one who stays a customer', ['customer'], null, ['customer', 'support'], at],
    ['from one role of staff to another', ['support'], before, ['admin'], before],
    ['of whoever was staff before this was kept', ['support'], null, ['admin'], null],
    ['back to a customer', ['customer', 'support'], before, ['customer'], null],
    ['and again to staff', ['customer'], before, ['support'], at],
  ] as const)('%s', (_, roles, staffSince, to, since) => {
    expect(staffSinceOf({ roles, staffSince }, to, at)).toEqual(since);
  });
});

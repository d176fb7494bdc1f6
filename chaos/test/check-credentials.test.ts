import { describe, expect, test } from 'vitest';
import { checkHistory } from '#check/check-history.ts';
import type { History, OutboxRow } from '#check/history.ts';
import { wholeHistory } from './whole-history.ts';

type Breach = (history: History) => Partial<History>;

function rulesBrokenBy(breach: Breach): string[] {
  const whole = wholeHistory();
  return [...new Set(checkHistory({ ...whole, ...breach(whole) }).map(({ rule }) => rule))];
}

const each = <T>(items: readonly T[], change: Partial<T>) => items.map((item) => ({ ...item, ...change }));
const without =
  (...ids: readonly string[]): Breach =>
  ({ outbox }) => ({ outbox: outbox.filter(({ id }) => !ids.includes(id)) });
const changed =
  (id: string, change: Partial<OutboxRow>): Breach =>
  ({ outbox }) => ({ outbox: outbox.map((row) => (row.id === id ? { ...row, ...change } : row)) });
const again =
  (id: string, change: Partial<OutboxRow> = {}): Breach =>
  ({ outbox }) => ({
    outbox: [...outbox, ...outbox.filter((row) => row.id === id).map((row) => ({ ...row, id: 'again', ...change }))],
  });
const acknowledging =
  (write: History['acknowledged'][number]): Breach =>
  ({ acknowledged }) => ({ acknowledged: [...acknowledged, write] });

describe('nothing acknowledged is lost', () => {
  const rule = 'nothing acknowledged is lost';
  const [{ id: user } = { id: '' }] = wholeHistory().users;
  test.each<[string, Breach]>([
    ['a password', ({ passwords }) => ({ passwords: each(passwords, { before: 0 }) })],
    ['a factor', () => ({ factors: [] })],
    ['a factor of somebody else', ({ factors }) => ({ factors: each(factors, { userId: 'x' }) })],
    [
      'the removal of a factor',
      acknowledging({ kind: 'factor-removal', requestId: 'r', userId: user, factorId: 'f2' }),
    ],
    ['recovery codes', () => ({ recoveryCodes: [] })],
    ['a step-up', ({ refreshTokens }) => ({ refreshTokens: refreshTokens.filter(({ id }) => id !== 't2') })],
    ['a lock', without('e17')],
    ['a lock of somebody else', changed('e17', { subject: 'x' })],
    ['what staff asked for', () => ({ approvals: [] })],
    ['an approval', ({ approvals }) => ({ approvals: each(approvals, { status: 'pending' }) })],
    ['a lock that was lifted', changed('e18', { to: 'locked' })],
  ])('%s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });

  test('a factor that was removed since, with its recovery codes, is not lost', () => {
    const removal = acknowledging({ kind: 'factor', requestId: 'r', userId: user, factorId: 'f1' });
    expect(rulesBrokenBy(removal)).not.toContain(rule);
  });
});

test('an approval that is being carried out may be done or not', () => {
  const executing: Breach = ({ approvals, acknowledged, outbox }) => ({
    approvals: approvals.map((of) => (of.id === 'p1' ? { ...of, status: 'executing' } : of)),
    acknowledged: acknowledged.filter(({ kind }) => kind !== 'approval'),
    outbox: outbox.filter(({ id }) => id !== 'b21' && id !== 'e21'),
  });
  const rules = rulesBrokenBy(executing);
  expect(rules).not.toContain('no half transaction');
  expect(rules).not.toContain('nothing is applied twice');
});

describe('no half transaction', () => {
  const rule = 'no half transaction';
  test.each<[string, Breach]>([
    ['a password without its entry', without('b11')],
    ['a password without its message', without('m11')],
    ['a password of another moment', ({ passwords }) => ({ passwords: each(passwords, { changedAt: 1999 }) })],
    ['a password that nobody was told of', without('e11', 'b11', 'm11')],
    ['a change that kept nothing', ({ passwords }) => ({ passwords: each(passwords, { before: 0 }) })],
    ['a step-up without its entry', without('b12')],
    ['a factor without its entry', without('b15')],
    ['a factor that nobody was told of', without('e15')],
    ['a factor that went untold', without('e14')],
    ['a removal of a factor that was never there', changed('e14', { factorId: 'x' })],
    [
      'recovery codes of which some are there',
      ({ recoveryCodes }) => ({ recoveryCodes: each(recoveryCodes, { count: 9 }) }),
    ],
    ['recovery codes that outlived the factor', changed('e14', { sequence: 9 })],
    ['recovery codes that nobody was told of', without('e16')],
    ['a lock without its entry', without('b17')],
    ['a lock without its message', without('m17')],
    ['a lock that admin did not note', without('g17')],
    ['a lock that admin told nobody of', without('d17')],
    ['a lock that nobody was told of', without('e17', 'b17', 'm17')],
    ['a request that auth did not sign', without('b19')],
    ['a decision without its entry', without('b21')],
    ['a decision that nobody was told of', without('e21', 'b21')],
    ['an approval that was not carried out', without('e20', 'b20', 'm20')],
    ['an approval that was carried out as another', changed('b20', { approvalId: 'p2' })],
    ['a user who stands elsewhere', ({ users }) => ({ users: each(users, { status: 'active' }) })],
    ['a move that begins where none ended', changed('e18', { from: 'suspended' })],
  ])('%s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });

  test('staff were invited, and registered nowhere', () => {
    const byLink: Breach = ({ outbox, acknowledged }) => ({
      acknowledged: acknowledged.filter(({ kind }) => kind !== 'user'),
      outbox: outbox.map((row) => {
        if (row.id === 'a1') return { ...row, requestId: 'other', action: 'auth.activation.succeeded' };
        return row.requestId === 'chaos.user.1' ? { ...row, requestId: 'other' } : row;
      }),
    });
    expect(rulesBrokenBy(byLink)).toContain('nothing is applied twice'); // both is one too many
    const only: Breach = (history) => {
      const { outbox = [], ...rest } = byLink(history);
      return { ...rest, outbox: outbox.filter(({ id }) => id !== 'e1') };
    };
    expect(rulesBrokenBy(only)).not.toContain(rule);
  });
});

describe('nothing is applied twice', () => {
  const rule = 'nothing is applied twice';
  test.each<[string, Breach]>([
    ['a password', again('b11')],
    ['a password whose one before is kept twice', ({ passwords }) => ({ passwords: each(passwords, { before: 2 }) })],
    ['an enrolment', again('e15', { sequence: 5, requestId: 'other' })],
    ['a removal', again('e14', { sequence: 5, requestId: 'other' })],
    ['recovery codes', again('b16')],
    ['a step-up', again('b12')],
    ['a lock', again('b17')],
    ['what admin noted', again('g18')],
    ['a decision', again('e21', { sequence: 5, requestId: 'other' })],
    ['an approval that was carried out', again('b20', { requestId: 'other' })],
    [
      'an approval of which nobody knows whether it was carried out',
      (history) => ({
        ...again('b20', { requestId: 'other' })(history),
        approvals: each(history.approvals, { status: 'executing' }),
      }),
    ],
    ['what has expired', ({ approvals }) => ({ approvals: each(approvals, { status: 'expired' }) })],
  ])('%s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });
});

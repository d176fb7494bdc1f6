import { describe, expect, test } from 'vitest';
import { checkHistory } from '#check/check-history.ts';
import { repetitions } from '#check/events.ts';
import type { History } from '#check/history.ts';
import { wholeHistory } from './whole-history.ts';

type Breach = (history: History) => Partial<History>;

function rulesBrokenBy(breach: Breach): string[] {
  const whole = wholeHistory();
  return [...new Set(checkHistory({ ...whole, ...breach(whole) }).map(({ rule }) => rule))];
}

const without = <T extends { readonly id: string }>(items: readonly T[], id: string) =>
  items.filter((item) => item.id !== id);
const changed = <T extends { readonly id: string }>(items: readonly T[], id: string, change: Partial<T>) =>
  items.map((item) => (item.id === id ? { ...item, ...change } : item));
const each = <T>(items: readonly T[], change: Partial<T>) => items.map((item) => ({ ...item, ...change }));

test('a whole history breaks no rule', () => {
  expect(checkHistory(wholeHistory())).toEqual([]);
});

test('a message that came twice is a figure, not a fault', () => {
  const whole = wholeHistory();
  const [first] = whole.received;
  const history = { ...whole, received: [...whole.received, ...(first === undefined ? [] : [first])] };
  expect(checkHistory(history)).toEqual([]);
  expect(repetitions(history)).toBe(1);
});

test('an entry of an operator who worked on the broker comes from no outbox, and is in the ledger', () => {
  const whole = wholeHistory();
  const entry = { id: 'o1', source: '/user-service/ops', subject: 'letter', sequence: undefined };
  const history = { ...whole, received: [...whole.received, entry] };
  expect(checkHistory(history).map(({ detail }) => detail)).toEqual(['ledger: o1 is missing']);
  const ledger = [...whole.ledger, { id: 'o1', shard: 4, position: 1, previousHash: '0', hash: '1' }];
  expect(checkHistory({ ...history, ledger }).filter(({ detail }) => detail.startsWith('ledger:'))).toEqual([]);
});

describe('nothing acknowledged is lost', () => {
  const rule = 'nothing acknowledged is lost';
  test.each<[string, Breach]>([
    ['a user', () => ({ users: [] })],
    ['a session', () => ({ sessions: [] })],
    ['a session of somebody else', ({ sessions }) => ({ sessions: sessions.map((of) => ({ ...of, userId: 'x' })) })],
    ['a renewal', ({ refreshTokens }) => ({ refreshTokens: without(refreshTokens, 't2') })],
    ['a change of the profile', ({ profiles }) => ({ profiles: profiles.map((of) => ({ ...of, version: 1 })) })],
    ['a profile', () => ({ profiles: [] })],
    ['what a client missed', () => ({ complaints: ['an acknowledged change is gone'] })],
    ['a device that was named', () => ({ devices: [] })],
    ['a device that is now of somebody else', ({ devices }) => ({ devices: each(devices, { userId: 'x' }) })],
    ['the name of a device', ({ devices }) => ({ devices: each(devices, { isNamed: false }) })],
    ['the version that a name made', ({ devices }) => ({ devices: each(devices, { version: 1 }) })],
    [
      'a sign-out',
      ({ acknowledged, sessions: [session] }) => ({
        acknowledged: [
          ...acknowledged,
          {
            kind: 'sign-out',
            requestId: 'chaos.sign-out.1',
            userId: session?.userId ?? '',
            sessionId: session?.id ?? '',
          },
        ],
      }),
    ],
  ])('%s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });
});

describe('no half transaction', () => {
  const rule = 'no half transaction';
  test.each<[string, Breach]>([
    ['an event without its ledger entry', ({ outbox }) => ({ outbox: without(outbox, 'a3') })],
    ['a ledger entry without its event', ({ outbox }) => ({ outbox: without(outbox, 'e4') })],
    [
      'half of what nobody was told is done',
      ({ outbox, acknowledged }) => ({
        outbox: without(outbox, 'a3'),
        acknowledged: acknowledged.filter(({ kind }) => kind !== 'profile'),
      }),
    ],
    ['an acknowledged request that left nothing', ({ outbox }) => ({ outbox: without(outbox, 'm1') })],
    ['a session nobody heard of', ({ outbox }) => ({ outbox: without(outbox, 'e3') })],
    ['a sign-in without its session', () => ({ sessions: [] })],
    ['a user nobody heard of', ({ outbox }) => ({ outbox: without(outbox, 'e2') })],
    ['a lock of the profile nobody was told of', ({ outbox }) => ({ outbox: without(outbox, 'e22') })],
    ['a change nobody was told of', ({ profiles }) => ({ profiles: profiles.map((of) => ({ ...of, version: 5 })) })],
    [
      'a spent token without successor',
      ({ refreshTokens }) => ({ refreshTokens: changed(refreshTokens, 't1', { successorId: null }) }),
    ],
    [
      'two tokens of one generation',
      ({ refreshTokens }) => ({ refreshTokens: changed(refreshTokens, 't2', { generation: 0 }) }),
    ],
    [
      'a session that ended untold',
      ({ sessions }) => ({ sessions: sessions.map((of) => ({ ...of, endReason: 'logout' })) }),
    ],
  ])('%s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });
});

describe('nothing is applied twice', () => {
  const rule = 'nothing is applied twice';
  const again = <T>(items: readonly T[], which: (item: T) => boolean, change: Partial<T> = {}) => [
    ...items,
    ...items.filter(which).map((item) => ({ ...item, ...change })),
  ];
  test.each<[string, Breach]>([
    ['a request that wrote twice', ({ outbox }) => ({ outbox: again(outbox, ({ id }) => id === 'a3', { id: 'a9' }) })],
    ['a row that was written twice', ({ outbox }) => ({ outbox: again(outbox, ({ id }) => id === 'e4') })],
    ['a sign-in that was noted twice', ({ signIns }) => ({ signIns: again(signIns, () => true) })],
    ['a ledger entry', ({ ledger }) => ({ ledger: again(ledger, ({ id }) => id === 'a1') })],
    ['a message to a person', ({ deliveries }) => ({ deliveries: again(deliveries, () => true) })],
    ['a profile', ({ profiles }) => ({ profiles: again(profiles, () => true) })],
  ])('%s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });
});

describe('events', () => {
  test.each<[string, string, Breach]>([
    ['every event is delivered', 'waits', ({ outbox }) => ({ outbox: changed(outbox, 'e4', { isPublished: false }) })],
    ['every event is delivered', 'was lost', ({ received }) => ({ received: without(received, 'a3') })],
    [
      'every event is delivered',
      'is unknown',
      ({ received }) => ({
        received: [...received, { id: 'x', source: '/user-service/auth', subject: 's', sequence: undefined }],
      }),
    ],
    [
      'sequence per (source, subject) without gaps',
      'has a gap',
      ({ outbox }) => ({ outbox: changed(outbox, 'e3', { sequence: 4 }) }),
    ],
    [
      'sequence per (source, subject) without gaps',
      'has a number twice',
      ({ received }) => ({ received: changed(received, 'e3', { sequence: 2 }) }),
    ],
    [
      'sequence per (source, subject) without gaps',
      'was counted and not written',
      ({ counters }) => ({ counters: counters.map((of) => ({ ...of, last: of.last + 1 })) }),
    ],
    [
      'sequence per (source, subject) without gaps',
      'was not received',
      ({ received }) => ({ received: without(received, 'e4') }),
    ],
  ])('%s: one %s', (rule, _case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });
});

describe('every projection is at its newest version', () => {
  const rule = 'every projection is at its newest version';
  test.each<[string, Breach]>([
    ['a consumer that has not handled its event', ({ inbox }) => ({ inbox: inbox.slice(1) })],
    ['no subject of mfa', () => ({ subjects: [] })],
    ['no profile', () => ({ profiles: [] })],
    ['no user for staff', () => ({ projectedUsers: [] })],
    ['an old status', ({ users }) => ({ users: users.map((of) => ({ ...of, status: 'locked' })) })],
    ['old roles', ({ users }) => ({ users: users.map((of) => ({ ...of, roles: ['customer', 'support'] })) })],
    [
      'an old version',
      ({ projectedUsers }) => ({ projectedUsers: projectedUsers.map((of) => ({ ...of, statusVersion: 0 })) }),
    ],
    ['a device last seen too early', ({ devices }) => ({ devices: devices.map((of) => ({ ...of, lastSeenAt: 999 })) })],
    ['a missing ledger entry', ({ ledger }) => ({ ledger: without(ledger, 'a3') })],
    ['a missing sign-in', () => ({ signIns: [] })],
    ['a sign-in of nowhere', ({ signIns }) => ({ signIns: [...signIns, { id: 'x', deviceId: 'x' }] })],
    ['a missing message', () => ({ deliveries: [] })],
  ])('%s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain(rule);
  });
});

test.each<[string, string, Breach]>([
  ['the ledger is one chain a shard', 'a hole', ({ ledger }) => ({ ledger: changed(ledger, 'a3', { position: 4 }) })],
  [
    'the ledger is one chain a shard',
    'another hash',
    ({ ledger }) => ({ ledger: changed(ledger, 'a2', { hash: 'ff' }) }),
  ],
  [
    'every message to a person is settled',
    'one that waits',
    ({ deliveries }) => ({ deliveries: changed(deliveries, 'm1', { state: 'pending' }) }),
  ],
])('%s: %s', (rule, _case, breach) => {
  expect(rulesBrokenBy(breach)).toContain(rule);
});

import type { History, OutboxRow } from '#check/history.ts';

const user = '01900000-0000-7000-8000-000000000001';
const session = '01900000-0000-7000-8000-000000000002';
const device = '01900000-0000-7000-8000-000000000003';
const request = { user: 'chaos.user.1', profile: 'chaos.profile.1', registration: 'chaos.registration.1' };

function row(app: string, id: string, more: Partial<OutboxRow>): OutboxRow {
  return {
    app,
    id,
    destination: 'events',
    type: '',
    action: null,
    subject: user,
    sequence: null,
    requestId: 'other',
    isPublished: true,
    sessionId: null,
    version: null,
    ...more,
  };
}

function entry(app: string, id: string, action: string, requestId: string): OutboxRow {
  return row(app, id, { destination: 'audit', type: 'audit.entry_recorded.v1', action, requestId });
}

/** One user who registered, changed his profile once, and of whom everything is told as it must be. */
export function wholeHistory(): History {
  const outbox = [
    row('auth', 'm1', { destination: 'deliveries', type: 'delivery.requested.v1', requestId: request.registration }),
    row('auth', 'e1', { type: 'user.registered.v1', sequence: 1, requestId: request.user }),
    row('auth', 'e2', { type: 'user.activated.v1', sequence: 2, requestId: request.user }),
    row('auth', 'e3', { type: 'auth.sign_in_succeeded.v1', sequence: 3, requestId: request.user, sessionId: session }),
    entry('auth', 'a1', 'auth.registration.verified', request.user),
    entry('auth', 'a2', 'auth.sign_in.succeeded', request.user),
    row('profile', 'e4', { type: 'profile.updated.v1', sequence: 1, requestId: request.profile, version: 2 }),
    entry('profile', 'a3', 'profile.updated', request.profile),
  ];
  return {
    acknowledged: [
      { kind: 'registration', requestId: request.registration },
      { kind: 'user', requestId: request.user, userId: user, sessionId: session },
      { kind: 'renewal', requestId: 'chaos.renewal.1', sessionId: session, tokenId: 't2' },
      { kind: 'profile', requestId: request.profile, userId: user, version: 2 },
    ],
    complaints: [],
    outbox,
    received: outbox.map(({ app, id, subject, sequence }) => {
      return { id, source: `/user-service/${app}`, subject, sequence: sequence ?? undefined };
    }),
    counters: [
      { app: 'auth', subject: user, last: 3 },
      { app: 'profile', subject: user, last: 1 },
    ],
    inbox: [
      { app: 'profile', messageId: 'e1' },
      { app: 'profile', messageId: 'e2' },
      { app: 'mfa', messageId: 'e2' },
      { app: 'admin', messageId: 'e2' },
      { app: 'device', messageId: 'e3' },
    ],
    users: [{ id: user, status: 'active', roles: ['customer'] }],
    sessions: [{ id: session, userId: user, deviceId: device, createdAt: 1000, endReason: null }],
    refreshTokens: [
      { id: 't1', sessionId: session, generation: 0, successorId: 't2', isConsumed: true },
      { id: 't2', sessionId: session, generation: 1, successorId: null, isConsumed: false },
    ],
    deliveries: [{ id: 'm1', state: 'sent' }],
    profiles: [{ userId: user, version: 2 }],
    subjects: [user],
    devices: [{ id: device, userId: user, lastSeenAt: 1000 }],
    signIns: [{ id: 'e3', deviceId: device }],
    projectedUsers: [{ id: user, status: 'active', roles: ['customer'], statusVersion: 1 }],
    ledger: [
      { id: 'a1', shard: 3, position: 1, previousHash: '00', hash: '01' },
      { id: 'a2', shard: 3, position: 2, previousHash: '01', hash: '02' },
      { id: 'a3', shard: 3, position: 3, previousHash: '02', hash: '03' },
    ],
  };
}

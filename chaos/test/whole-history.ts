import type { History, OutboxRow } from '#check/history.ts';

const user = '01900000-0000-7000-8000-000000000001';
const session = '01900000-0000-7000-8000-000000000002';
const device = '01900000-0000-7000-8000-000000000003';
const kycCase = '01900000-0000-7000-8000-000000000004';
const [picture, older, paper] = [
  '01900000-0000-7000-8000-000000000006',
  '01900000-0000-7000-8000-000000000005',
  '01900000-0000-7000-8000-000000000007',
];
const request = {
  user: 'chaos.user.1',
  profile: 'chaos.profile.1',
  registration: 'chaos.registration.1',
  avatar: 'chaos.avatar.1',
  submission: 'chaos.submission.1',
  paper: 'chaos.document.1',
};

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
    caseId: null,
    attempt: null,
    status: null,
    ...more,
  };
}

function entry(app: string, id: string, action: string, requestId: string, more: Partial<OutboxRow> = {}): OutboxRow {
  return row(app, id, { destination: 'audit', type: 'audit.entry_recorded.v1', action, requestId, ...more });
}

/** The user's case as far as the third move: handed in, taken, approved. */
function moved(id: string, sequence: number, version: number, status: string, requestId = 'other'): OutboxRow {
  return row('profile', id, { type: 'kyc.status_changed.v1', sequence, version, status, requestId, caseId: kycCase });
}

function wholeOutbox(): OutboxRow[] {
  return [
    row('auth', 'm1', { destination: 'deliveries', type: 'delivery.requested.v1', requestId: request.registration }),
    row('auth', 'e1', { type: 'user.registered.v1', sequence: 1, requestId: request.user }),
    row('auth', 'e2', { type: 'user.activated.v1', sequence: 2, requestId: request.user }),
    row('auth', 'e3', { type: 'auth.sign_in_succeeded.v1', sequence: 3, requestId: request.user, sessionId: session }),
    entry('auth', 'a1', 'auth.registration.verified', request.user),
    entry('auth', 'a2', 'auth.sign_in.succeeded', request.user),
    row('profile', 'e4', { type: 'profile.updated.v1', sequence: 1, requestId: request.profile, version: 2 }),
    entry('profile', 'a3', 'profile.updated', request.profile),
    row('profile', 'e5', { type: 'profile.updated.v1', sequence: 2, requestId: request.avatar, version: 3 }),
    entry('profile', 'a4', 'file.stored', request.avatar),
    entry('profile', 'a5', 'file.stored', request.paper),
    entry('profile', 'a6', 'kyc.document.uploaded', request.paper, { caseId: kycCase }),
    moved('e6', 3, 1, 'draft'),
    row('profile', 'e7', {
      ...{ type: 'kyc.submitted.v1', sequence: 4, requestId: request.submission, caseId: kycCase, attempt: 1 },
    }),
    moved('e8', 5, 2, 'submitted', request.submission),
    entry('profile', 'a7', 'kyc.case.submitted', request.submission, { caseId: kycCase, attempt: 1 }),
    moved('e9', 6, 3, 'in_review'),
    moved('e10', 7, 4, 'approved'),
    entry('profile', 'a8', 'kyc.case.moved', 'other', { caseId: kycCase, attempt: 1, status: 'approved' }),
  ];
}

const file = { userId: user, purpose: 'avatar', status: 'stored', uploadKey: null, isDue: false };

/**
 * One user who registered, changed the profile once, has a picture in place of an earlier one, was verified, and of whom
 * everything is told as it must be.
 */
export function wholeHistory(): History {
  const outbox = wholeOutbox();
  return {
    acknowledged: [
      { kind: 'registration', requestId: request.registration },
      { kind: 'user', requestId: request.user, userId: user, sessionId: session },
      { kind: 'renewal', requestId: 'chaos.renewal.1', sessionId: session, tokenId: 't2' },
      { kind: 'profile', requestId: request.profile, userId: user, version: 2 },
      { kind: 'avatar', requestId: request.avatar, userId: user, fileId: picture },
      { kind: 'document', requestId: request.paper, userId: user, documentId: 'd1' },
      { kind: 'submission', requestId: request.submission, userId: user, caseId: kycCase, attempt: 1 },
    ],
    complaints: [],
    outbox,
    received: outbox.map(({ app, id, subject, sequence }) => {
      return { id, source: `/user-service/${app}`, subject, sequence: sequence ?? undefined };
    }),
    counters: [
      { app: 'auth', subject: user, last: 3 },
      { app: 'profile', subject: user, last: 7 },
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
    // Handing in has locked who the user is, under a version of its own.
    profiles: [{ userId: user, version: 4, isLocked: true }],
    subjects: [user],
    devices: [{ id: device, userId: user, lastSeenAt: 1000 }],
    signIns: [{ id: 'e3', deviceId: device }],
    projectedUsers: [{ id: user, status: 'active', roles: ['customer'], statusVersion: 1 }],
    ledger: [
      { id: 'a1', shard: 3, position: 1, previousHash: '00', hash: '01' },
      { id: 'a2', shard: 3, position: 2, previousHash: '01', hash: '02' },
      ...Array.from({ length: 6 }, (_, index) => {
        const place = index + 3;
        return { id: `a${place}`, shard: 3, position: place, previousHash: `0${place - 1}`, hash: `0${place}` };
      }),
    ],
    kyc: {
      standings: [{ userId: user, tier: 1, version: 4, caseId: kycCase }],
      cases: [{ id: kycCase, userId: user, tier: 1, status: 'approved', attempt: 1 }],
      documents: [{ id: 'd1', userId: user, state: 'uploaded', fileId: paper }],
      submissions: [{ id: 's1', caseId: kycCase, attempt: 1, state: 'settled', verificationId: 'v1' }],
      verifications: [{ verificationId: 'v1', submissionId: 's1', caseId: kycCase, attempt: 1 }],
    },
    files: {
      rows: [
        { ...file, id: older, status: 'removed', storedKey: 'file-1' },
        { ...file, id: picture, storedKey: 'file-2' },
        { ...file, id: paper, purpose: 'kyc_document', storedKey: 'file-3' },
      ],
      objects: ['file-1', 'file-2', 'file-3'],
    },
  };
}

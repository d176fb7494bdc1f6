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
  device: 'chaos.device.1',
  avatar: 'chaos.avatar.1',
  submission: 'chaos.submission.1',
  paper: 'chaos.document.1',
  password: 'chaos.password.1',
  stepUp: 'chaos.step-up.1',
  factor: 'chaos.factor.1',
  codes: 'chaos.recovery-codes.1',
  lock: 'chaos.lock.1',
  unlock: 'chaos.unlock.1',
  asked: 'chaos.approval-asked.1',
  approval: 'chaos.approval.1',
};
/** When the password was changed, and the factor that is there; another one was enrolled and removed before it. */
const changedAt = 2000;
const [factor, olderFactor] = ['f2', 'f1'];
const suspension = 'p1';

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
    factorId: null,
    from: null,
    to: null,
    changedAt: null,
    approvalId: null,
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

/** What a change of credentials leaves: event, entry and the message that tells of it. */
function credential(
  app: 'auth' | 'mfa',
  number: number,
  names: { readonly event: string; readonly action: string; readonly requestId: string },
  more: Partial<OutboxRow>,
): OutboxRow[] {
  const { event, action, requestId } = names;
  return [
    row(app, `e${number}`, { type: event, requestId, ...more }),
    entry(app, `b${number}`, action, requestId),
    row(app, `m${number}`, { destination: 'deliveries', type: 'delivery.requested.v1', requestId }),
  ];
}

/** What staff did: as the app that owns users tells it, and as admin does. */
function move(
  number: number,
  version: number,
  [from, to]: readonly [string, string],
  { requestId, approvalId = null }: { readonly requestId: string; readonly approvalId?: string | null },
): OutboxRow[] {
  return [
    row('auth', `e${number}`, {
      ...{ type: 'user.status_changed.v1', sequence: version + 4, version, from, to, requestId },
    }),
    entry('auth', `b${number}`, 'user.status_changed', requestId, { approvalId }),
    row('auth', `m${number}`, { destination: 'deliveries', type: 'delivery.requested.v1', requestId }),
    entry('admin', `c${number}`, 'admin.action.requested', requestId),
    row('admin', `d${number}`, { type: 'admin.action_performed.v1', sequence: version - 1, requestId }),
    entry('admin', `g${number}`, 'admin.action.performed', requestId, { approvalId }),
  ];
}

/** The user changed the password, enrolled two factors and removed the first, has recovery codes, was locked for a while, and is suspended. */
function credentials(): OutboxRow[] {
  const enrolled = { event: 'mfa.factor_enrolled.v1', action: 'mfa.factor.enrolled' };
  const removed = { event: 'mfa.factor_removed.v1', action: 'mfa.factor.removed' };
  const generated = { event: 'mfa.recovery_codes_generated.v1', action: 'mfa.recovery_codes.generated' };
  const changed = { event: 'auth.password_changed.v1', action: 'auth.password.changed' };
  return [
    ...credential('auth', 11, { ...changed, requestId: request.password }, { sequence: 4, changedAt }),
    row('auth', 'e12', { type: 'auth.stepped_up.v1', sequence: 5, requestId: request.stepUp, sessionId: session }),
    entry('auth', 'b12', 'auth.stepped_up', request.stepUp),
    ...credential('mfa', 13, { ...enrolled, requestId: 'other' }, { sequence: 1, factorId: olderFactor }),
    ...credential('mfa', 14, { ...removed, requestId: 'other' }, { sequence: 2, factorId: olderFactor }),
    ...credential('mfa', 15, { ...enrolled, requestId: request.factor }, { sequence: 3, factorId: factor }),
    ...credential('mfa', 16, { ...generated, requestId: request.codes }, { sequence: 4 }),
    ...move(17, 2, ['active', 'locked'], { requestId: request.lock }),
    ...move(18, 3, ['locked', 'active'], { requestId: request.unlock }),
    entry('admin', 'c19', 'admin.action.requested', request.asked, { approvalId: suspension }),
    entry('admin', 'g19', 'admin.approval.requested', request.asked, { approvalId: suspension }),
    entry('auth', 'b19', 'approval.signed', request.asked),
    ...move(20, 4, ['active', 'suspended'], { requestId: request.approval, approvalId: suspension }),
    entry('admin', 'b21', 'admin.approval.decided', request.approval, { approvalId: suspension }),
    row('admin', 'e21', {
      ...{ type: 'admin.approval_decided.v1', sequence: 4, requestId: request.approval, approvalId: suspension },
    }),
  ];
}

function wholeOutbox(): OutboxRow[] {
  return [
    ...credentials(),
    row('auth', 'm1', { destination: 'deliveries', type: 'delivery.requested.v1', requestId: request.registration }),
    row('auth', 'e1', { type: 'user.registered.v1', sequence: 1, requestId: request.user }),
    row('auth', 'e2', { type: 'user.activated.v1', sequence: 2, requestId: request.user }),
    row('auth', 'e3', { type: 'auth.sign_in_succeeded.v1', sequence: 3, requestId: request.user, sessionId: session }),
    entry('auth', 'a1', 'auth.registration.verified', request.user),
    entry('auth', 'a2', 'auth.sign_in.succeeded', request.user),
    row('profile', 'e4', { type: 'profile.updated.v1', sequence: 1, requestId: request.profile, version: 2 }),
    entry('profile', 'a3', 'profile.updated', request.profile),
    entry('device', 'a9', 'device.renamed', request.device),
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
    // Handing in has locked who the user is.
    row('profile', 'e22', { type: 'profile.updated.v1', sequence: 8, requestId: request.submission, version: 4 }),
    moved('e9', 6, 3, 'in_review'),
    moved('e10', 7, 4, 'approved'),
    entry('profile', 'a8', 'kyc.case.moved', 'other', { caseId: kycCase, attempt: 1, status: 'approved' }),
  ];
}

const file = { userId: user, purpose: 'avatar', status: 'stored', uploadKey: null, isDue: false };

/**
 * One user who registered, changed the profile once, named the device, has a picture in place of an earlier one, was verified, changed what they sign in with, was locked and
 * suspended, and of whom everything is told as it must be.
 */
export function wholeHistory(): History {
  const outbox = wholeOutbox();
  return {
    acknowledged: [
      { kind: 'registration', requestId: request.registration },
      { kind: 'user', requestId: request.user, userId: user, sessionId: session },
      { kind: 'renewal', requestId: 'chaos.renewal.1', sessionId: session, tokenId: 't2' },
      { kind: 'profile', requestId: request.profile, userId: user, version: 2 },
      { kind: 'device', requestId: request.device, userId: user, deviceId: device, version: 2 },
      { kind: 'avatar', requestId: request.avatar, userId: user, fileId: picture },
      { kind: 'document', requestId: request.paper, userId: user, documentId: 'd1' },
      { kind: 'password', requestId: request.password, userId: user },
      { kind: 'step-up', requestId: request.stepUp, sessionId: session, tokenId: 't2' },
      { kind: 'factor', requestId: request.factor, userId: user, factorId: factor },
      { kind: 'recovery-codes', requestId: request.codes, userId: user, factorId: factor },
      { kind: 'lock', requestId: request.lock, userId: user },
      { kind: 'unlock', requestId: request.unlock, userId: user },
      { kind: 'approval-asked', requestId: request.asked, approvalId: suspension },
      { kind: 'approval', requestId: request.approval, approvalId: suspension },
      { kind: 'submission', requestId: request.submission, userId: user, caseId: kycCase, attempt: 1 },
    ],
    complaints: [],
    outbox,
    received: outbox.map(({ app, id, subject, sequence }) => {
      return { id, source: `/user-service/${app}`, subject, sequence: sequence ?? undefined };
    }),
    counters: [
      { app: 'auth', subject: user, last: 8 },
      { app: 'mfa', subject: user, last: 4 },
      { app: 'admin', subject: user, last: 4 },
      { app: 'profile', subject: user, last: 8 },
    ],
    inbox: [
      { app: 'profile', messageId: 'e1' },
      { app: 'profile', messageId: 'e2' },
      { app: 'mfa', messageId: 'e2' },
      { app: 'admin', messageId: 'e2' },
      { app: 'device', messageId: 'e3' },
      ...['mfa', 'device'].map((app) => ({ app, messageId: 'e11' })),
      ...['e13', 'e14', 'e15'].map((messageId) => ({ app: 'auth', messageId })),
      { app: 'device', messageId: 'e14' },
      ...['e17', 'e18', 'e20'].map((messageId) => ({ app: 'admin', messageId })),
    ],
    users: [{ id: user, status: 'suspended', roles: ['customer'] }],
    sessions: [{ id: session, userId: user, deviceId: device, createdAt: 1000, endReason: null }],
    refreshTokens: [
      { id: 't1', sessionId: session, generation: 0, successorId: 't2', isConsumed: true },
      { id: 't2', sessionId: session, generation: 1, successorId: null, isConsumed: false },
    ],
    passwords: [{ userId: user, changedAt, before: 1 }],
    deliveries: outbox
      .filter(({ destination }) => destination === 'deliveries')
      .map(({ id }) => ({ id, state: 'sent' })),
    profiles: [{ userId: user, version: 4, isLocked: true }],
    subjects: [user],
    factors: [{ id: factor, userId: user }],
    recoveryCodes: [{ userId: user, count: 10 }],
    devices: [{ id: device, userId: user, lastSeenAt: 1000, version: 3, isNamed: true }],
    signIns: [{ id: 'e3', deviceId: device }],
    projectedUsers: [{ id: user, status: 'suspended', roles: ['customer'], statusVersion: 4 }],
    approvals: [
      { id: suspension, status: 'approved' },
      { id: 'p2', status: 'expired' },
    ],
    ledger: outbox
      .filter(({ destination }) => destination === 'audit')
      .map(({ id }, index) => ({ id, shard: 3, position: index + 1, previousHash: `${index}`, hash: `${index + 1}` })),
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

import { eventsOfType } from '#check/events.ts';
import { countBy } from '#check/grouping.ts';
import type { History, OutboxRow, Rule, Violation } from '#check/history.ts';
import { exactly, half, twice } from '#check/violation.ts';
import type { WriteKind } from '#load/journal.ts';

/** What one transaction leaves in the outbox of its app, once each: events and messages by type, audit entries by action. */
interface Trace {
  readonly app: string;
  readonly of: readonly string[];
}

const moved: Trace = {
  app: 'auth',
  of: ['user.status_changed.v1', 'user.status_changed', 'delivery.requested.v1'],
};

/** Names that each have a transaction of their own, as that something was asked for and what came of it. */
const apart = (app: string, ...names: readonly string[]): readonly Trace[] =>
  names.map((name) => ({ app, of: [name] }));

const act = apart('admin', 'admin.action.requested', 'admin.action.performed', 'admin.action_performed.v1');

/**
 * What one request of each kind leaves. Of each trace all or nothing, and all of all of them when the client was told that it is
 * done.
 */
const traces: Readonly<Record<WriteKind, readonly Trace[]>> = {
  registration: [{ app: 'auth', of: ['delivery.requested.v1'] }],
  user: [
    {
      app: 'auth',
      of: [
        'user.registered.v1',
        'user.activated.v1',
        'auth.sign_in_succeeded.v1',
        'auth.registration.verified',
        'auth.sign_in.succeeded',
      ],
    },
  ],
  session: [{ app: 'auth', of: ['auth.sign_in_succeeded.v1', 'auth.sign_in.succeeded'] }],
  renewal: [], // routine: no event, no entry
  profile: [{ app: 'profile', of: ['profile.updated.v1', 'profile.updated'] }],
  device: [{ app: 'device', of: ['device.renamed'] }],
  avatar: [{ app: 'profile', of: ['profile.updated.v1', 'file.stored'] }],
  'document-begun': [{ app: 'profile', of: ['kyc.document.uploaded'] }],
  document: [{ app: 'profile', of: ['file.stored', 'kyc.document.uploaded'] }],
  submission: [{ app: 'profile', of: ['kyc.submitted.v1', 'kyc.status_changed.v1', 'kyc.case.submitted'] }],
  'sign-out': [{ app: 'auth', of: ['auth.session_revoked.v1', 'auth.session.revoked'] }],
  password: [{ app: 'auth', of: ['auth.password_changed.v1', 'auth.password.changed', 'delivery.requested.v1'] }],
  'step-up': [{ app: 'auth', of: ['auth.stepped_up.v1', 'auth.stepped_up'] }],
  factor: [{ app: 'mfa', of: ['mfa.factor_enrolled.v1', 'mfa.factor.enrolled', 'delivery.requested.v1'] }],
  'factor-removal': [{ app: 'mfa', of: ['mfa.factor_removed.v1', 'mfa.factor.removed', 'delivery.requested.v1'] }],
  'recovery-codes': [
    {
      app: 'mfa',
      of: ['mfa.recovery_codes_generated.v1', 'mfa.recovery_codes.generated', 'delivery.requested.v1'],
    },
  ],
  lock: [moved, ...act],
  unlock: [moved, ...act],
  'approval-asked': [
    ...apart('admin', 'admin.action.requested', 'admin.approval.requested'),
    ...apart('auth', 'approval.signed'),
  ],
  approval: [moved, ...act, { app: 'admin', of: ['admin.approval_decided.v1', 'admin.approval.decided'] }],
};

const requestKind = /^chaos\.([a-z-]+)\./;

/** Each request left everything it must or nothing, and none of it twice. */
export const requestsAreWhole: Rule = ({ outbox, acknowledged }) => {
  const told = new Set(acknowledged.map(({ requestId }) => requestId));
  const byRequest = Map.groupBy(outbox, ({ requestId }) => requestId);
  for (const requestId of told) if (!byRequest.has(requestId)) byRequest.set(requestId, []);
  return [...byRequest].flatMap(([requestId, rows]) => {
    const left = traces[requestKind.exec(requestId)?.[1] as WriteKind] ?? [];
    return left.flatMap((trace) => judgeTrace(requestId, countsOf(rows, trace), told.has(requestId)));
  });
};

function countsOf(rows: readonly OutboxRow[], trace: Trace): Map<string, number> {
  const counts = countBy(
    rows.filter(({ app }) => app === trace.app),
    (row) => row.action ?? row.type,
  );
  return new Map(trace.of.map((name) => [name, counts.get(name) ?? 0]));
}

function judgeTrace(requestId: string, counts: ReadonlyMap<string, number>, isTold: boolean): Violation[] {
  const missing = [...counts].filter(([, count]) => count === 0).map(([name]) => name);
  const doubled = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
  const isNothing = missing.length === counts.size;
  const broken = missing.length > 0 && (isTold || !isNothing);
  return [
    ...(broken ? [{ rule: half, detail: `request ${requestId} left no ${missing.join(', ')}` }] : []),
    ...(doubled.length > 0 ? [{ rule: twice, detail: `request ${requestId} left twice: ${doubled.join(', ')}` }] : []),
  ];
}

/** What stands in the tables and what was told of it are the same. */
export const stateMatchesEvents: Rule = (history) => {
  return [...sessionsMatch(history), ...usersMatch(history), ...profilesMatch(history), ...renewalsAreWhole(history)];
};

function sessionsMatch(history: History): Violation[] {
  const opened = countBy(eventsOfType(history, 'auth.sign_in_succeeded.v1'), ({ sessionId }) => sessionId ?? '');
  const ended = countBy(eventsOfType(history, 'auth.session_revoked.v1'), ({ sessionId }) => sessionId ?? '');
  const known = new Set(history.sessions.map(({ id }) => id));
  return [
    ...history.sessions.flatMap(({ id, endReason }) => [
      ...exactly(1, opened.get(id), `sign-in of session ${id}`),
      ...exactly(endReason === null ? 0 : 1, ended.get(id), `end of session ${id}`),
    ]),
    ...[...opened.keys()].filter((id) => !known.has(id)).map((id) => ({ rule: half, detail: `no session ${id}` })),
  ];
}

function usersMatch(history: History): Violation[] {
  const registered = countBy(eventsOfType(history, 'user.registered.v1'), ({ subject }) => subject);
  const activated = countBy(eventsOfType(history, 'user.activated.v1'), ({ subject }) => subject);
  // Staff have been invited, and register nowhere.
  const byLink = countBy(
    history.outbox.filter(({ action }) => action === 'auth.activation.succeeded'),
    ({ subject }) => subject,
  );
  return history.users.flatMap(({ id }) => [
    ...exactly(1, (registered.get(id) ?? 0) + (byLink.get(id) ?? 0), `registration of ${id}`),
    ...exactly(1, activated.get(id), `activation of ${id}`),
  ]);
}

function profilesMatch(history: History): Violation[] {
  const updates = Map.groupBy(eventsOfType(history, 'profile.updated.v1'), ({ subject }) => subject);
  return history.profiles.flatMap(({ userId, version }) => {
    const told = (updates.get(userId) ?? []).map((row) => row.version ?? 0).toSorted((a, b) => a - b);
    const isWhole =
      told.length === version - 1 && new Set(told).size === told.length && told.every((of) => of >= 2 && of <= version);
    return isWhole
      ? []
      : [{ rule: half, detail: `profile of ${userId} is at ${version}, told were ${told.join(' ')}` }];
  });
}

/** The tokens of a session are one chain: each spent one has its successor, and one alone is not spent. */
function renewalsAreWhole({ refreshTokens }: History): Violation[] {
  return [...Map.groupBy(refreshTokens, ({ sessionId }) => sessionId)].flatMap(([sessionId, tokens]) => {
    const ids = new Set(tokens.map(({ id }) => id));
    const generations = tokens.map(({ generation }) => generation).toSorted((a, b) => a - b);
    const isChain =
      generations.every((generation, index) => generation === index) &&
      tokens.filter(({ isConsumed }) => !isConsumed).length === 1 &&
      tokens.every(({ isConsumed, successorId }) => !isConsumed || (successorId !== null && ids.has(successorId)));
    return isChain ? [] : [{ rule: half, detail: `refresh tokens of session ${sessionId} are no chain` }];
  });
}

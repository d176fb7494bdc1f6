import { type AppName, appNames, type Stack } from '@bank/scripts/stack';
import { connectionOf } from '@bank/test-bed';
import pg from 'pg';
import type { Counter, History, OutboxRow } from '#check/history.ts';
import { readProfile } from '#check/read-profile.ts';

type Told = Pick<History, 'acknowledged' | 'complaints' | 'received'>;

/** Reads what a stack's tables hold, each as the role of its own app, beside what clients and the broker told. */
export async function readHistory(stack: Pick<Stack, 'environments' | 'addresses'>, told: Told): Promise<History> {
  const { environments } = stack;
  const clients = Object.fromEntries(
    appNames.map((app) => [app, new pg.Client(connectionOf(environments[app]))]),
  ) as Record<AppName, pg.Client>;
  for (const client of Object.values(clients)) client.on('error', () => undefined); // the statement fails as well
  try {
    await Promise.all(Object.values(clients).map((client) => client.connect()));
    return {
      ...told,
      ...(await ofEveryApp(clients)),
      ...(await ofAuth(clients.auth)),
      ...(await ofOthers(clients)),
      ...(await readProfile(stack, clients.profile)),
    };
  } finally {
    await Promise.all(Object.values(clients).map((client) => client.end().catch(() => undefined)));
  }
}

type Clients = Readonly<Record<AppName, pg.Client>>;

async function rows<T extends pg.QueryResultRow>(client: pg.Client, sql: string): Promise<T[]> {
  return (await client.query<T>(sql)).rows;
}

function millisecondsOf(moment: string): string {
  return `round(extract(epoch from ${moment}) * 1000)::float8`;
}

/** An event names a state as the contract does: `USER_STATUS_LOCKED` is `locked`. */
function stateIn(field: 'from' | 'to'): string {
  return `lower(replace(data ->> '${field}', 'USER_STATUS_', ''))`;
}

/** Events that tell the version of what they are about. */
const versioned = `'profile.updated.v1', 'user.status_changed.v1', 'kyc.status_changed.v1'`;

async function ofEveryApp(clients: Clients): Promise<Pick<History, 'outbox' | 'counters' | 'inbox'>> {
  const each = async <T extends pg.QueryResultRow>(sqlOf: (app: AppName) => string): Promise<T[]> =>
    (await Promise.all(appNames.map((app) => rows<T>(clients[app], sqlOf(app))))).flat();
  return {
    outbox: await each<OutboxRow>(
      (app) => `select '${app}' as app, id, destination, type, subject, sequence::int, request_id as "requestId",
        published_at is not null as "isPublished", data ->> 'sessionId' as "sessionId",
        case when destination = 'audit' then data ->> 'action' end as action,
        case when type in (${versioned}) then (data ->> 'version')::int end as version,
        coalesce(data ->> 'caseId', data -> 'details' ->> 'caseId') as "caseId",
        coalesce(data ->> 'attempt', data -> 'details' ->> 'attempt')::int as attempt,
        coalesce(data ->> 'status', data -> 'details' ->> 'status') as status,
        coalesce(data ->> 'approvalId', data -> 'details' ->> 'approvalId') as "approvalId",
        case when destination = 'events' then data ->> 'factorId' end as "factorId",
        case when type = 'user.status_changed.v1' then ${stateIn('from')} end as "from",
        case when type = 'user.status_changed.v1' then ${stateIn('to')} end as "to",
        case when type = 'auth.password_changed.v1' then ${millisecondsOf("(data ->> 'changedAt')::timestamptz")} end as "changedAt"
        from ${app}.outbox`,
    ),
    counters: await each<Counter>((app) => `select '${app}' as app, subject, last::int from ${app}.outbox_sequences`),
    inbox: await each((app) => `select '${app}' as app, message_id as "messageId" from ${app}.inbox`),
  };
}

async function ofAuth(auth: pg.Client) {
  return {
    users: await rows<History['users'][number]>(auth, 'select id, status, roles from auth.users'),
    sessions: await rows<History['sessions'][number]>(
      auth,
      `select id, user_id as "userId", device_id as "deviceId", end_reason as "endReason",
        ${millisecondsOf('created_at')} as "createdAt" from auth.sessions`,
    ),
    refreshTokens: await rows<History['refreshTokens'][number]>(
      auth,
      `select id, session_id as "sessionId", generation, successor_id as "successorId",
        consumed_at is not null as "isConsumed" from auth.refresh_tokens`,
    ),
    passwords: await rows<History['passwords'][number]>(
      auth,
      `select user_id as "userId", ${millisecondsOf('changed_at')} as "changedAt",
        (select count(*)::int from auth.password_history h where h.user_id = c.user_id) as before from auth.credentials c`,
    ),
    deliveries: await rows<History['deliveries'][number]>(auth, 'select id, state from auth.deliveries'),
  };
}

async function ofOthers({ mfa, device, admin }: Clients) {
  return {
    subjects: (await rows<{ id: string }>(mfa, 'select user_id as id from mfa.subjects')).map(({ id }) => id),
    factors: await rows<History['factors'][number]>(
      mfa,
      'select id, user_id as "userId" from mfa.factors where confirmed_at is not null',
    ),
    recoveryCodes: await rows<History['recoveryCodes'][number]>(
      mfa,
      'select user_id as "userId", count(*)::int as count from mfa.recovery_codes group by user_id',
    ),
    devices: await rows<History['devices'][number]>(
      device,
      `select id, user_id as "userId", ${millisecondsOf('last_seen_at')} as "lastSeenAt", version::int,
        name is not null as "isNamed" from device.devices`,
    ),
    signIns: await rows<History['signIns'][number]>(device, 'select id, device_id as "deviceId" from device.sign_ins'),
    projectedUsers: await rows<History['projectedUsers'][number]>(
      admin,
      'select user_id as id, status, roles, status_version::int as "statusVersion" from admin.users',
    ),
    approvals: await rows<History['approvals'][number]>(admin, 'select id, status from admin.approvals'),
    ledger: await rows<History['ledger'][number]>(
      admin,
      `select id, shard, position::int, encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash
        from admin.ledger_entries`,
    ),
  };
}

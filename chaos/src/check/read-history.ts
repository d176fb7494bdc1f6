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
        coalesce(data ->> 'status', data -> 'details' ->> 'status') as status
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
        round(extract(epoch from created_at) * 1000)::float8 as "createdAt" from auth.sessions`,
    ),
    refreshTokens: await rows<History['refreshTokens'][number]>(
      auth,
      `select id, session_id as "sessionId", generation, successor_id as "successorId",
        consumed_at is not null as "isConsumed" from auth.refresh_tokens`,
    ),
    deliveries: await rows<History['deliveries'][number]>(auth, 'select id, state from auth.deliveries'),
  };
}

async function ofOthers({ mfa, device, admin }: Clients) {
  return {
    subjects: (await rows<{ id: string }>(mfa, 'select user_id as id from mfa.subjects')).map(({ id }) => id),
    devices: await rows<History['devices'][number]>(
      device,
      `select id, user_id as "userId", round(extract(epoch from last_seen_at) * 1000)::float8 as "lastSeenAt" from device.devices`,
    ),
    signIns: await rows<History['signIns'][number]>(device, 'select id, device_id as "deviceId" from device.sign_ins'),
    projectedUsers: await rows<History['projectedUsers'][number]>(
      admin,
      'select user_id as id, status, roles, status_version::int as "statusVersion" from admin.users',
    ),
    ledger: await rows<History['ledger'][number]>(
      admin,
      `select id, shard, position::int, encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash
        from admin.ledger_entries`,
    ),
  };
}

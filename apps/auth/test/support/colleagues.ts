import type { ApprovalAction, ApprovalPayload, Role } from '@bank/domain';
import { uuidv7 } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { UserService } from '@bank/proto/user';
import { approvalDigest } from '@bank/security';
import { until } from '@bank/testing';
import type { Account } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { get } from './http.ts';
import { callerTable, clientAs, onBehalfOf } from './rpc.ts';
import { createStaff, staffSession } from './staff.ts';

/** A caller table in which `admin` forwards staff to everything that is for them. */
export function staffCallers(): object {
  const methods = [UserService, AuthService].flatMap(({ typeName, methods: all }) =>
    all.map(({ name }) => `${typeName}/${name}`),
  );
  return callerTable({ admin: { methods, audiences: ['user-service-staff'] } });
}

/** Somebody who works for the bank, signed in at the console. */
export interface Colleague extends Account {
  /** Call options on their behalf. */
  readonly asked: { headers: Record<string, string> };
}

/** A new member of staff with these roles, signed in. */
export async function colleague(auth: TestAuth, ...roles: Role[]): Promise<Colleague> {
  return signedIn(auth, await createStaff(auth, ...roles));
}

/** A member of staff, signed in again. */
export async function signedIn(auth: TestAuth, account: Account): Promise<Colleague> {
  const { status, body, headers } = await staffSession(auth, account);
  if (status !== 200) throw new Error(`signing in as staff answered ${status} ${body.code}`);
  const { accessToken, sessionId } = body;
  const [cookie = ''] = headers.getSetCookie();
  return { ...account, accessToken, sessionId, refreshToken: cookie, asked: onBehalfOf(accessToken) };
}

/** The RPC clients of `admin`. */
export async function staffClients(auth: TestAuth) {
  const [users, sessions] = await Promise.all([
    clientAs(auth, 'admin', UserService),
    clientAs(auth, 'admin', AuthService),
  ]);
  return { users, sessions };
}

export type StaffClients = Awaited<ReturnType<typeof staffClients>>;

/** What a member of staff asks for, signed by `auth`. */
export async function signedRequest<A extends ApprovalAction>(
  { sessions }: StaffClients,
  maker: Colleague,
  action: A,
  payload: ApprovalPayload<A>,
): Promise<string> {
  const request = { approvalId: uuidv7(), action, payloadDigest: Uint8Array.from(approvalDigest(action, payload)) };
  return (await sessions.signApproval(request, maker.asked)).approval;
}

/** What has left through the outbox about somebody: `destination name`, oldest first, but for messages that were sent. */
export async function toldOf(auth: TestAuth, userId: string): Promise<string[]> {
  const rows = await auth.database.query<{ told: string }>(
    `select destination || ' ' || coalesce(data->>'action', data->>'template', type) as told from auth.outbox
      where subject = $1 order by id`,
    [userId],
  );
  return rows.map(({ told }) => told).filter((told) => !told.startsWith('audit auth.delivery.'));
}

/** The entries of the ledger about somebody, with that action. */
export async function auditsOf(auth: TestAuth, userId: string, action: string): Promise<Record<string, unknown>[]> {
  const rows = await auth.database.query<{ data: Record<string, unknown> }>(
    `select data from auth.outbox where destination = 'audit' and subject = $1 and data->>'action' = $2 order by id`,
    [userId, action],
  );
  return rows.map(({ data }) => data);
}

/** Waits until a token opens nothing any more; answers in how many milliseconds. */
export async function untilRefused(auth: TestAuth, accessToken: string): Promise<number> {
  const startedAt = performance.now();
  await until(async () => (await get(auth, '/v1/auth/session', accessToken)).status === 401, {
    deadlineMs: 5000,
    everyMs: 10,
  });
  return performance.now() - startedAt;
}

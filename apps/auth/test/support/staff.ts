import type { ApprovalAction, ApprovalPayload, Role } from '@bank/domain';
import { uuidv7 } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { UserService } from '@bank/proto/user';
import { approvalDigest } from '@bank/security';
import { type Account, refresh, register } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { callerTable, clientAs, onBehalfOf } from './rpc.ts';

/** A caller table in which `admin` forwards people to everything that is for them. */
export function staffCallers(): object {
  const methods = [UserService, AuthService].flatMap(({ typeName, methods: all }) =>
    all.map(({ name }) => `${typeName}/${name}`),
  );
  return callerTable({ admin: { methods, audiences: ['user-service', 'user-service-staff'] } });
}

/** Somebody who works for the bank, with a session at `aal2`. */
export interface Colleague extends Account {
  /** Call options on his behalf. */
  readonly asked: { headers: Record<string, string> };
}

/** A new member of staff with these roles. */
export async function colleague(auth: TestAuth, ...roles: Role[]): Promise<Colleague> {
  const account = await register(auth);
  await auth.database.query('update auth.users set roles = $2 where id = $1', [account.id, roles]);
  await auth.database.query(`update auth.sessions set acr = 'aal2' where id = $1`, [account.sessionId]);
  const { accessToken, refreshToken } = (await refresh(auth, account.refreshToken)).body;
  return { ...account, accessToken, refreshToken, asked: onBehalfOf(accessToken) };
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

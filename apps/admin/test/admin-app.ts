import { type AppUnderTest, type TestApp, type TokenOptions, testApp } from '@bank/composition/testing';
import { type Role, systemIds, type UserId, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';
import { checkpointEnv, nowhere } from './ledger-under-test.ts';
import type { Neighbours } from './neighbours.ts';

/** A service that records entries of its own. */
export const tools = 'spiffe://bank/tool/tools';
/** Who may forward the tokens of staff. */
export const admin = 'spiffe://bank/app/admin';

const callers = {
  [tools]: { name: 'tools', methods: ['bank.admin.v1.AdminService/RecordAudit'] },
  [admin]: {
    name: 'admin',
    methods: ['bank.admin.v1.AdminService/SearchAudit'],
    audiences: ['user-service-staff'],
  },
};

/** The admin app of one test file, started on services of its own: with neighbours, with other settings, or with neither. */
export function adminApp({ certificates, env }: Pick<AppUnderTest, 'certificates' | 'env'> = {}): TestApp<AppContext> {
  const parts = {
    ...{ service: 'admin' as const, entities, migrations, callers, loadConfig, createContext, createService },
    ...(certificates && { certificates }),
  };
  return testApp({ ...parts, env: { ...nowhere, ...checkpointEnv(), ...env } });
}

/** A member of staff, signed in just now with a second factor. */
export interface Staff {
  readonly userId: string;
  readonly token: string;
}

/** Signs a member of staff in. */
export function staffOf(app: TestApp<AppContext>, role: Role, changes: TokenOptions = {}): Staff {
  const userId = changes.userId ?? systemIds.next();
  const options = { audience: 'user-service-staff', roles: [role], acr: 'aal2' as const, ...changes, userId };
  return { userId, token: app.issuer.token(options) };
}

/** A new user whom the projection and the other apps know. */
export async function knownUser(
  app: TestApp<AppContext>,
  neighbours: Neighbours,
  user: { userId?: string; email?: string; name?: string; roles?: readonly Role[] } = {},
): Promise<UserId> {
  const userId = v.parse(UserIdSchema, user.userId ?? systemIds.next());
  neighbours.users.set(userId, user);
  await app.database.query(
    `insert into admin.users (user_id, status, status_version, roles, roles_version, activated_at)
     values ($1, 'active', 1, $2, 1, now())`,
    [userId, user.roles ?? ['customer']],
  );
  return userId;
}

/** What the app has told of a subject, in the order it was told. */
export function toldOf(app: TestApp<AppContext>, subject: string, destination: 'audit' | 'events') {
  return app.database.query<{ type: string; data: Record<string, unknown> }>(
    'select type, data from admin.outbox where subject = $1 and destination = $2 order by id',
    [subject, destination],
  );
}

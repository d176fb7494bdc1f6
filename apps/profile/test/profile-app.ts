import { type AppUnderTest, request, sharedApp, type TestApp, testApp } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, audiences, parse, type Role, type UserId, UserIdSchema, uuidv7 } from '@bank/domain';
import { temporaryFolder } from '@bank/testing';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createProfile } from '#features/profile/create-profile.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

const getProfile = 'bank.profile.v1.ProfileService/GetProfile';
const viewProfile = 'bank.profile.v1.ProfileService/ViewProfile';
const getSettings = 'bank.profile.v1.ProfileService/GetSettings';
const searchProfiles = 'bank.profile.v1.ProfileService/SearchProfiles';
const batchGetProfiles = 'bank.profile.v1.ProfileService/BatchGetProfiles';

/** A service that may see names, and no more. */
export const admin = 'spiffe://bank/app/admin';
/** A service that may see where somebody lives, and what tells of their money. */
export const verifier = 'spiffe://bank/platform/kyc';
/** A service for which no field is listed. */
export const tools = 'spiffe://bank/tool/tools';
/** The service that sends messages, and may see the settings that it needs for that. */
export const auth = 'spiffe://bank/app/auth';

const changeRequests = ['ListChangeRequests', 'ViewChangeRequest', 'DecideChangeRequest'].map(
  (name) => `bank.profile.v1.ProfileService/${name}`,
);

const names = ['givenName', 'familyName'];
const callers = {
  [admin]: {
    name: 'admin',
    methods: [getProfile, batchGetProfiles, viewProfile, searchProfiles, ...changeRequests],
    audiences: [audiences.staff],
    fields: { [getProfile]: names, [batchGetProfiles]: names },
  },
  [tools]: { name: 'tools', methods: [getProfile, getSettings] },
  [auth]: {
    name: 'auth',
    methods: [getSettings],
    fields: { [getSettings]: ['language', 'timeZone', 'notifications', 'quietHours'] },
  },
  [verifier]: {
    name: 'kyc',
    methods: [getProfile],
    fields: { [getProfile]: ['residence', 'addresses', 'sourceOfFunds', 'taxResidencies'] },
  },
};

const parts = {
  service: 'profile' as const,
  entities,
  migrations,
  callers,
  loadConfig,
  createContext,
  createService,
};

/** The profile app, shared with other test files. */
export function profileApp(): TestApp<AppContext> {
  return sharedApp('profile', () => ({ ...parts, env: { STORAGE_DIR: temporaryFolder('storage') } }));
}

/** The profile app of one test file, started on services of its own. */
export function ownProfileApp(changes: Pick<AppUnderTest, 'certificates' | 'env'> = {}): TestApp<AppContext> {
  const env = { STORAGE_DIR: temporaryFolder('storage'), ...changes.env };
  return testApp({ ...parts, ...changes, env });
}

/** A new user who has an empty profile, and their token. */
export async function givenProfile(app: TestApp<AppContext>): Promise<{ userId: UserId; token: string }> {
  const userId = parse(UserIdSchema, uuidv7());
  await createProfile(app.ctx, userId);
  return { userId, token: app.issuer.token({ userId }) };
}

/** Call options on behalf of a member of staff. */
export function asStaff(app: TestApp<AppContext>, role: Role, acr: 'aal1' | 'aal2' = 'aal2') {
  const userId = uuidv7();
  const token = app.issuer.token({ userId, roles: [role], acr, audience: audiences.staff });
  return { userId, asked: { headers: { 'bank-user-token': token } } };
}

const verified = {
  givenName: 'Ada',
  familyName: 'Byron',
  dateOfBirth: '1990-12-10',
  nationality: 'GB',
  residence: 'GB',
};

/** A user whose identity was verified, and is locked; their profile has version 3. */
export async function givenVerified(app: TestApp<AppContext>): Promise<{ userId: UserId; token: string }> {
  const user = await givenProfile(app);
  const headers = { 'if-match': '"v1"' };
  const patched = await request(app.service, 'PATCH', '/v1/profile', { token: user.token, body: verified, headers });
  if (patched.status !== 200) throw new Error(`the profile answered ${patched.status}`);
  const access = { who: allow.system('test'), unaudited: 'a test' };
  await withTransaction(app.ctx, access, (tx) => tx.profiles.lockIdentity(user.userId, new Date()));
  return user;
}

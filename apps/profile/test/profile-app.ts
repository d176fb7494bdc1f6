import { type TestApp, testApp } from '@bank/composition/testing';
import { parse, type UserId, UserIdSchema, uuidv7 } from '@bank/domain';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createProfile } from '#features/profile/create-profile.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { migrations } from '../migrations/index.ts';

const getProfile = 'bank.profile.v1.ProfileService/GetProfile';
const batchGetProfiles = 'bank.profile.v1.ProfileService/BatchGetProfiles';

/** A service that may see names, and no more. */
export const admin = 'spiffe://bank/app/admin';
/** A service for which no field is listed. */
export const tools = 'spiffe://bank/tool/tools';

const names = ['givenName', 'familyName'];
const callers = {
  [admin]: {
    name: 'admin',
    methods: [getProfile, batchGetProfiles],
    fields: { [getProfile]: names, [batchGetProfiles]: names },
  },
  [tools]: { name: 'tools', methods: [getProfile] },
};

/** The profile app of one test file, started on services of its own. */
export function profileApp(): TestApp<AppContext> {
  return testApp({ service: 'profile', entities, migrations, callers, loadConfig, createContext, createService });
}

/** A new user who has an empty profile, and his token. */
export async function givenProfile(app: TestApp<AppContext>): Promise<{ userId: UserId; token: string }> {
  const userId = parse(UserIdSchema, uuidv7());
  await createProfile(app.ctx, userId);
  return { userId, token: app.issuer.token({ userId }) };
}

import { type AppUnderTest, request, sharedApp, type TestApp, testApp } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, audiences, parse, type Role, type UserId, UserIdSchema, uuidv7 } from '@bank/domain';
import { ChallengePurpose, MfaService } from '@bank/proto/mfa';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { admitSubject } from '#features/factor/admit-subject.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { migrations } from '../migrations/index.ts';
import { shownCode } from './authenticator.ts';

export const auth = 'spiffe://bank/app/auth';
export const device = 'spiffe://bank/app/device';
export const admin = 'spiffe://bank/app/admin';

const methods = [
  ...['ListFactors', 'StartChallenge', 'VerifyChallenge', 'StartPasskeySignIn', 'VerifyPasskeySignIn', 'RemoveFactors'],
  'CheckFactorChange',
].map((name) => `bank.mfa.v1.MfaService/${name}`);
const callers = {
  [auth]: { name: 'auth', methods, audiences: [audiences.customers, audiences.staff] },
  [device]: {
    name: 'device',
    methods: ['bank.mfa.v1.MfaService/CheckFactorChange'],
    audiences: [audiences.customers],
  },
  [admin]: { name: 'admin', methods: ['bank.mfa.v1.MfaService/ResetFactors'], audiences: [audiences.staff] },
};

/** Pages of customers and of staff, both of one relying party. */
export const pages = { customers: 'https://app.bank.test', staff: 'https://staff.bank.test' } as const;
const relyingParty = { WEBAUTHN_RP_ID: 'bank.test', WEB_ORIGINS: pages.customers, STAFF_ORIGINS: pages.staff };

/** The roles of those who are not customers alone, as auth knows them. */
export const staffRolesOf = new Map<string, readonly Role[]>();

/** Auth's word on people: whoever is asked about is there. */
const people: AppContext['people'] = {
  find: async (ids) =>
    new Map(ids.map((id) => [id, { userId: id, status: 'active', roles: staffRolesOf.get(id) ?? ['customer'] }])),
};

const sources = { entities, migrations, loadConfig, createContext, createService };

/** What the app is made of: these sources, or a copy of them. */
export type Sources = typeof sources;

const partsOf = (of: Sources) => ({ service: 'mfa' as const, callers, ...of });

/** The same while nobody asks auth about people. */
function byItself({ createContext, createService, ...of }: Sources): ReturnType<typeof partsOf> {
  return partsOf({
    ...of,
    createContext: (config, overrides) => createContext(config, { people, ...overrides }),
    createService: (config, overrides) => createService(config, { people, ...overrides }),
  });
}

/** The mfa app, shared with other test files. */
export function mfaApp(): TestApp<AppContext> {
  return sharedApp('mfa', () => ({ ...byItself(sources), env: relyingParty }));
}

type Changes = Pick<AppUnderTest, 'certificates' | 'env'> & { readonly asksAuth?: boolean; readonly of?: Sources };

/** The mfa app of one test file, started on services of its own. */
export function ownMfaApp({ asksAuth = false, of = sources, ...changes }: Changes = {}): TestApp<AppContext> {
  return testApp({ ...(asksAuth ? partsOf(of) : byItself(of)), ...changes, env: { ...relyingParty, ...changes.env } });
}

/** A new user who may enrol factors. */
export async function givenSubject(app: TestApp<AppContext>): Promise<UserId> {
  const userId = parse(UserIdSchema, uuidv7());
  await admitSubject(app.ctx, { userId, activatedAt: new Date() });
  return userId;
}

export interface GivenFactor {
  readonly type: FactorTypeName;
  readonly confirmedAt?: Date;
  readonly lastUsedAt?: Date;
}

/** A factor of any kind, as a row. Its id. */
export async function givenFactor(app: TestApp<AppContext>, userId: UserId, factor: GivenFactor): Promise<string> {
  const id = uuidv7();
  const pending = { id, type: factor.type, label: 'Mine', sessionId: uuidv7() };
  const [createdAt, expiresAt] = [new Date(), new Date(Date.now() + 600_000)];
  const access = { who: allow.system('test'), unaudited: 'a test' };
  await withTransaction(app.ctx, access, async (tx) => {
    await tx.factors.insertPending(userId, { ...pending, createdAt, expiresAt });
    if (factor.type === 'totp') await tx.totpFactors.insert(userId, id, Buffer.alloc(20, 1));
  });
  await app.database.query('update mfa.factors set confirmed_at = $2, last_used_at = $3 where id = $1', [
    ...[id, factor.confirmedAt ?? null, factor.lastUsedAt ?? null],
  ]);
  return id;
}

/** A user with an authenticator app, enrolled as people do it. */
export interface Enrolled {
  readonly userId: UserId;
  readonly sessionId: string;
  readonly factorId: string;
  /** In base32. */
  readonly secret: string;
  readonly etag: string;
}

/** Enrols an authenticator app through the API; its codes are all still unused. */
export async function givenEnrolled(app: TestApp<AppContext>): Promise<Enrolled> {
  const [userId, sessionId] = [await givenSubject(app), uuidv7()];
  const token = app.issuer.token({ userId, sessionId });
  const begun = await request(app.service, 'POST', '/v1/mfa/totp', { token, body: {} });
  const { factorId, secret } = begun.body as { factorId: string; secret: string };
  const body = { code: shownCode(secret) };
  const done = await request(app.service, 'POST', `/v1/mfa/totp/${factorId}/confirm`, { token, body });
  if (done.status !== 200) throw new Error(`the enrolment answered ${done.status}`);
  await forgetSteps(app, factorId);
  return { userId, sessionId, factorId, secret, etag: done.headers.get('etag') ?? '' };
}

/** Makes the codes of the last minute good again, so that a test need not wait for the next ones. */
export async function forgetSteps(app: TestApp<AppContext>, factorId: string): Promise<void> {
  await app.database.query('update mfa.factors set last_step = 0 where id = $1', [factorId]);
}

/** A token of a session that has just passed a second factor. */
export function strongToken(app: TestApp<AppContext>, { userId, sessionId }: { userId: string; sessionId?: string }) {
  return app.issuer.token({ userId, acr: 'aal2', ...(sessionId !== undefined && { sessionId }) });
}

/** A sign-in of a user that asks for a factor, or a step-up, and how it is answered. */
export async function givenChallenge(
  app: TestApp<AppContext>,
  { userId, factorId }: Pick<Enrolled, 'userId' | 'factorId'>,
  bindingId = uuidv7(),
  purpose: ChallengePurpose = ChallengePurpose.SIGN_IN,
) {
  const client = await app.client(MfaService, auth);
  const binding = { userId, purpose, bindingId };
  const { challengeId } = await client.startChallenge({ ...binding, factorId });
  const answer = (code: string, changes: object = {}) =>
    client.verifyChallenge({ ...binding, proof: { case: 'answer', value: { challengeId, code } }, ...changes });
  return { client, binding, challengeId, answer };
}

/** What has left through the outbox about a user: `destination type`, oldest first. */
export async function toldOf(app: TestApp<AppContext>, userId: string): Promise<string[]> {
  const rows = await app.database.query<{ told: string }>(
    `select destination || ' ' || coalesce(data->>'action', data->>'template', type) as told from mfa.outbox
     where subject = $1 order by id`,
    [userId],
  );
  return rows.map(({ told }) => told);
}

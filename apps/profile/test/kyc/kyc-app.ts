import { createHash } from 'node:crypto';
import { toUserStatus } from '@bank/composition';
import { request, rpcNeighbour, type TestApp, testApp } from '@bank/composition/testing';
import { audiences, parse, type Role, type UserId, UserIdSchema, type UserState, uuidv7 } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { type TestCertificates, temporaryFolder, testCertificates } from '@bank/testing';
import sharp from 'sharp';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createProfile } from '#features/profile/create-profile.ts';
import { createService } from '#service.ts';
import { entities } from '#storage/entities.ts';
import { documentGroupOf } from '#storage/kyc/kyc-document.repository.ts';
import { migrations } from '../../migrations/index.ts';

const methods = ['ListKycCases', 'ClaimKycCase', 'GetKycDocument', 'DecideKycCase', 'DecideChangeRequest'];
const service = (name: string) => `bank.profile.v1.ProfileService/${name}`;
const getKycStatus = service('GetKycStatus');

/** Who asks for an erasure. */
export const profile = 'spiffe://bank/app/profile';
/** Who forwards the tokens of staff. */
export const admin = 'spiffe://bank/app/admin';
/** A service that may see when a tier ends, and one for which nothing is listed. */
export const payments = 'spiffe://bank/platform/payments';
export const tools = 'spiffe://bank/tool/tools';

const callers = {
  [profile]: { name: 'profile', methods: ['bank.data_rights.v1.DataRightsService/EraseUser'] },
  [admin]: { name: 'admin', methods: methods.map(service), audiences: [audiences.staff] },
  [payments]: { name: 'payments', methods: [getKycStatus], fields: { [getKycStatus]: ['validUntil'] } },
  [tools]: { name: 'tools', methods: [getKycStatus] },
};

/** What providers sign their calls with. */
export const webhookSecret = 'a secret of the tests that is long enough';

export type KycApp = TestApp<AppContext>;

/** What auth says of people; whoever is not in here does not exist. */
export type People = Map<string, { readonly roles: readonly Role[]; readonly status: UserState }>;

/** The profile app of one test file, with an `auth` that knows `people`. Await it at the top. */
export async function kycApp(
  env: Record<string, string> = {},
  certificates?: TestCertificates,
): Promise<{ app: KycApp; people: People }> {
  const people: People = new Map();
  const authority = certificates ?? (await testCertificates());
  const authUrl = await rpcNeighbour(authority, 'auth', (router) => {
    router.service(UserService, {
      batchGetUsers: ({ userIds }) => ({
        users: userIds.flatMap((userId) => {
          const person = people.get(userId);
          if (person === undefined) return [];
          return [{ userId, roles: [...person.roles], status: toUserStatus(person.status), version: 1n }];
        }),
      }),
    });
  });
  const parts = { service: 'profile' as const, entities, migrations, callers, certificates: authority };
  const variables = {
    STORAGE_DIR: temporaryFolder('storage'),
    AUTH_RPC_URL: authUrl,
    KYC_WEBHOOK_SECRET: webhookSecret,
    ...env,
  };
  return { app: testApp({ ...parts, env: variables, loadConfig, createContext, createService }), people };
}

/** What Prometheus would read now. */
export async function metricsOf(app: KycApp): Promise<string> {
  return (await app.service.fetch(new Request('http://app.test/metrics'))).text();
}

export interface Customer {
  readonly userId: UserId;
  readonly token: string;
}

/** A customer of whom everything is known that any tier needs of a profile. */
export async function givenCustomer(app: KycApp, people?: People): Promise<Customer> {
  const userId = parse(UserIdSchema, uuidv7());
  await createProfile(app.ctx, userId);
  const token = app.issuer.token({ userId });
  const names = { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10', nationality: 'DE' };
  const body = { ...names, occupation: 'Engineer' };
  const patched = await request(app.service, 'PATCH', '/v1/profile', { token, body, headers: { 'if-match': '"v1"' } });
  if (patched.status !== 200) throw new Error(`the profile answered ${patched.status}`);
  people?.set(userId, { roles: ['customer'], status: 'active' });
  return { userId, token };
}

/** A small picture. */
const picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#88aacc' } })
  .png()
  .toBuffer();

/** How a document of this kind is announced. */
export function announced(kind: string, changes: object = {}, file: Uint8Array = picture) {
  const isNumbered = /passport|_id$|licence|permit|card/.test(kind);
  return {
    kind,
    country: 'DE',
    ...(isNumbered && { number: 'C01X00T47', expiresOn: '2041-05-01' }),
    contentType: 'image/png',
    sizeBytes: file.byteLength,
    sha256: createHash('sha256').update(file).digest('hex'),
    ...changes,
  };
}

/** One request of a customer. */
export async function send(
  app: KycApp,
  { token }: Pick<Customer, 'token'>,
  method: string,
  path: string,
  body?: object,
) {
  const answer = await request(app.service, method, `/v1/kyc${path}`, { token, ...(body && { body }) });
  return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
}

/** Uploads a document in whole; gives its id. */
export async function upload(
  app: KycApp,
  customer: Customer,
  kind: string,
  changes: object = {},
  file: Uint8Array = picture,
): Promise<string> {
  const begun = await send(app, customer, 'POST', '/documents', announced(kind, changes, file));
  if (begun.status !== 201) throw new Error(`the document was answered ${begun.status} ${begun.body['code']}`);
  const documentId = String(begun.body['documentId']);
  await sendPicture(app, begun.body, file);
  const completed = await send(app, customer, 'POST', `/documents/${documentId}/complete`, {});
  if (completed.status !== 200)
    throw new Error(`completing was answered ${completed.status} ${completed.body['code']}`);
  return documentId;
}

interface Ticket {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends the picture of a document where the answer to its beginning says. */
export async function sendPicture(app: KycApp, begun: Record<string, unknown>, file: Uint8Array = picture) {
  const { url, method, headers } = begun['upload'] as Ticket;
  const { pathname, search } = new URL(url);
  const address = new URL(pathname + search, 'http://app.test');
  const sent = await app.service.fetch(new Request(address, { method, headers, body: new Uint8Array(file) }));
  if (!sent.ok) throw new Error(`the picture was answered ${sent.status}`);
}

/** A customer who has handed in a case for tier 1. */
export async function givenSubmitted(
  app: KycApp,
  number = 'C01X00T47',
  people?: People,
): Promise<Customer & { readonly caseId: string }> {
  const customer = await givenCustomer(app, people);
  await upload(app, customer, 'passport', { number });
  const { status, body } = await send(app, customer, 'POST', '/submissions', { tier: 1 });
  if (status !== 202) throw new Error(`handing in was answered ${status} ${body['code']}`);
  return { ...customer, caseId: String(body['caseId']) };
}

/** A case under review by a passport, put into the tables as handing it in leaves it: for races, which need many. */
export async function givenInReview(app: KycApp, userId: UserId = parse(UserIdSchema, uuidv7())) {
  await createProfile(app.ctx, userId);
  const [caseId, submissionId, verificationId] = [uuidv7(), uuidv7(), uuidv7()];
  await app.database.query(
    `insert into profile.kyc_cases (id, user_id, tier, status, attempt, reasons, locks_identity, created_at, moved_at, submitted_at)
      values ($1, $2, 1, 'in_review', 1, '{}', false, now(), now(), date_trunc('milliseconds', now()))`,
    [caseId, userId],
  );
  const documentId = uuidv7();
  const place = { userId, table: 'kyc_documents', group: documentGroupOf(documentId), keyClass: 'retained' } as const;
  const proof = { number: 'C01X00T47', expiresOn: '2041-05-01' };
  await app.database.query(
    `insert into profile.kyc_documents
        (id, case_id, user_id, kind, side, country, state, upload_id, particulars, created_at, uploaded_at)
      values ($1, $2, $3, 'passport', 'front', 'DE', 'uploaded', $1, $4, now(), now() - interval '1 minute')`,
    [documentId, caseId, userId, await app.ctx.vault.seal(app.ctx.database.fork(), place, proof)],
  );
  await app.database.query(
    `insert into profile.kyc_submissions (id, case_id, user_id, attempt, state, next_at, verification_id, created_at)
      values ($1, $2, $3, 1, 'taken', now(), $4, now())`,
    [submissionId, caseId, userId, verificationId],
  );
  return { userId, caseId, submissionId, verificationId };
}

/** Where a case stands, by its row. */
export async function caseOf(app: KycApp, caseId: string) {
  const rows = await app.database.query<Record<string, unknown>>('select * from profile.kyc_cases where id = $1', [
    caseId,
  ]);
  return rows[0];
}

/** What was told of a user, in the order in which it was. */
export async function eventsOf(app: KycApp, userId: string, type = 'kyc.status_changed.v1') {
  const rows = await app.database.query<{ data: Record<string, unknown> }>(
    'select data from profile.outbox where subject = $1 and type = $2 order by id',
    [userId, type],
  );
  return rows.map(({ data }) => data);
}

/** The entries of the ledger about a user with this action. */
export async function auditsOf(app: KycApp, userId: string, action: string) {
  const rows = await app.database.query<{ data: Record<string, unknown> }>(
    `select data from profile.outbox where subject = $1 and destination = 'audit' and data->>'action' = $2 order by id`,
    [userId, action],
  );
  return rows.map(({ data }) => data);
}

/** How many messages to a user were written. */
export async function lettersTo(app: KycApp, userId: string): Promise<string[]> {
  const rows = await app.database.query<{ template: string }>(
    `select data->>'template' as template from profile.outbox where subject = $1 and destination = 'deliveries' order by id`,
    [userId],
  );
  return rows.map(({ template }) => template);
}

import { request } from '@bank/composition/testing';
import { audiences, type UserId, uuidv7 } from '@bank/domain';
import { ChangeDecision, ProfileService } from '@bank/proto/profile';
import { raceOf } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { applyResult } from '#features/kyc-result/apply-result.ts';
import { admin, type Customer, givenSubmitted, kycApp, send, upload } from './kyc-app.ts';

const { app, people } = await kycApp();
const path = '/v1/profile/change-requests';
const noteId = uuidv7();
const rounds = 20;

const compliance = uuidv7() as UserId;
people.set(compliance, { roles: ['compliance'], status: 'active' });

let client: ReturnType<typeof app.client<typeof ProfileService>> | undefined;
function desk() {
  client ??= app.client(ProfileService, admin);
  return client;
}

async function ask({ token: own }: Pick<Customer, 'token'>) {
  const body = { changes: { familyName: 'Byron' }, reason: 'I married.' };
  const answer = await request(app.service, 'POST', path, { token: own, body });
  return { status: answer.status, body: answer.body as { id: string; code?: string } };
}

async function decide(
  { userId }: Customer,
  changeRequestId: string,
  decision: ChangeDecision = ChangeDecision.APPROVE,
) {
  const rejection = decision === ChangeDecision.REJECT ? 'evidence_differs' : '';
  const decided = { userId, changeRequestId, noteId, decision, rejection };
  const audience = audiences.staff;
  const token = app.issuer.token({ userId: compliance, roles: ['compliance'], acr: 'aal2', audience });
  await (await desk()).decideChangeRequest(decided, { headers: { 'bank-user-token': token } });
}

const submit = (customer: Customer, tier = 1) => send(app, customer, 'POST', '/submissions', { tier });

async function nameOf({ token: own }: Customer) {
  return ((await request(app.service, 'GET', '/v1/profile', { token: own })).body as { familyName: string }).familyName;
}

/** What became of the change and of the case that was handed in last, in the order in which it did. */
async function toldOf({ userId }: Customer): Promise<string[]> {
  const rows = await app.database.query<{ what: string }>(
    `select split_part(data->>'action', '.', 3) as what from profile.outbox
      where subject = $1 and data->>'action' in ('profile.change_request.decided', 'kyc.case.submitted') order by id`,
    [userId],
  );
  return rows.map(({ what }) => what).slice(1);
}

/** Somebody whose identity was verified for tier 1, and who has all there must be for the next one but handed nothing in. */
async function givenNextDraft(): Promise<Customer> {
  const customer = await givenSubmitted(app, undefined, people);
  const { userId, caseId } = customer;
  const [submission] = await app.database.query<{ id: string }>(
    'select id from profile.kyc_submissions where case_id = $1',
    [caseId],
  );
  await applyResult(app.ctx, 'event', { submissionId: submission?.id ?? '', outcome: 'approved', reasons: [] });
  await app.database.query('update profile.kyc_standings set tier = 0 where user_id = $1', [userId]);
  await upload(app, customer, 'passport');
  return customer;
}

const underReview = { status: 409, body: { code: 'kyc.case.under_review' } };

describe('SR-71 what a verification looks at', () => {
  test.each(['submitted', 'in_review'])('no change is asked for while the case is %s', async (status) => {
    const customer = await givenSubmitted(app, undefined, people);
    await app.database.query('update profile.kyc_cases set status = $1 where id = $2', [status, customer.caseId]);
    expect(await ask(customer)).toMatchObject(underReview);
    await app.database.query(`update profile.kyc_cases set status = 'approved' where id = $1`, [customer.caseId]);
    expect((await ask(customer)).status).toBe(201);
  });

  test('a change that was asked for before is approved after the decision alone; rejected it can be at any time', async () => {
    const customer = await givenNextDraft();
    const { id } = (await ask(customer)).body;
    await app.database.query(
      `update profile.kyc_cases set status = 'in_review' where user_id = $1 and status = 'draft'`,
      [customer.userId],
    );
    await expect(decide(customer, id)).rejects.toMatchObject({ code: 'kyc.case.under_review' });
    expect(await nameOf(customer)).toBe('Lovelace');
    await decide(customer, id, ChangeDecision.REJECT);
    expect((await request(app.service, 'GET', `${path}/${id}`, customer)).body).toMatchObject({ status: 'rejected' });
  });

  test('no case is handed in while a change waits to be decided', async () => {
    const customer = await givenNextDraft();
    const { id } = (await ask(customer)).body;
    expect(await submit(customer)).toMatchObject({ status: 409, body: { code: 'profile.change_request.open' } });
    await decide(customer, id);
    expect(await nameOf(customer)).toBe('Byron');
    expect((await submit(customer)).status).toBe(202);
  });
});

describe('SR-73 at the same moment', () => {
  test(`of handing in and asking for a change one counts, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const customer = await givenNextDraft();
      const [submitted, asked] = await raceOf<{ status: number }>(2, (number) =>
        number === 0 ? submit(customer) : ask(customer),
      );
      const statuses = [submitted, asked].map((one) => (one?.status === 'fulfilled' ? one.value.status : undefined));
      expect([
        [202, 409],
        [409, 201],
      ]).toContainEqual(statuses);
    }
  });

  test(`who is handed in is who is approved, whatever is decided meanwhile, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const customer = await givenNextDraft();
      const { id } = (await ask(customer)).body;
      const [submitted] = await raceOf<unknown>(2, (number) =>
        number === 0 ? submit(customer) : decide(customer, id),
      );
      const isIn = submitted?.status === 'fulfilled' && (submitted.value as { status: number }).status === 202;
      expect(await nameOf(customer)).toBe('Byron');
      // Handed in after the change or not at all: what is looked at is not the name of before.
      expect(await toldOf(customer)).toEqual(isIn ? ['decided', 'submitted'] : ['decided']);
    }
  });
});

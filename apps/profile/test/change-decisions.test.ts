import { keepDeliveries, messagesTo, request } from '@bank/composition/testing';
import { audiences, uuidv7 } from '@bank/domain';
import { ChangeDecision, ProfileService } from '@bank/proto/profile';
import { losers, raceOf, winners } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { startAuth } from './auth-neighbour.ts';
import { admin, asStaff, givenVerified, ownProfileApp } from './profile-app.ts';

const auth = await startAuth();
const app = ownProfileApp(auth);
const noteId = uuidv7();
const reason = 'I married.';
const staffToken = { roles: ['compliance'], acr: 'aal2', audience: audiences.staff } as const;

beforeAll(() => keepDeliveries(app, 'profile'));

let connected: ReturnType<typeof app.client<typeof ProfileService>> | undefined;
function client() {
  connected ??= app.client(ProfileService, admin);
  return connected;
}

async function givenRequest() {
  const user = await givenVerified(app);
  const body = { changes: { familyName: 'Lovelace', residence: 'DE' }, reason };
  const answer = await request(app.service, 'POST', '/v1/profile/change-requests', { token: user.token, body });
  return { ...user, changeRequestId: (answer.body as { id: string }).id };
}

type Given = Awaited<ReturnType<typeof givenRequest>>;

const approval = { decision: ChangeDecision.APPROVE, noteId };
const rejection = { decision: ChangeDecision.REJECT, rejection: 'evidence_unclear', noteId };

async function decide({ userId, changeRequestId }: Given, call: object, { asked } = asStaff(app, 'compliance')) {
  return (await client()).decideChangeRequest({ userId, changeRequestId, ...call }, asked);
}

function withdraw({ token, changeRequestId }: Given) {
  return request(app.service, 'POST', `/v1/profile/change-requests/${changeRequestId}/withdraw`, { token });
}

async function profileOf({ token }: Given) {
  return (await request(app.service, 'GET', '/v1/profile', { token })).body as Record<string, unknown>;
}

async function requestOf({ token, changeRequestId }: Given) {
  const answer = await request(app.service, 'GET', `/v1/profile/change-requests/${changeRequestId}`, { token });
  return answer.body as { status: string };
}

function outboxOf({ userId }: Given, what: string) {
  return app.database.query<{ type: string; data: Record<string, unknown> }>(
    `select type, data from profile.outbox where subject = $1 and coalesce(data->>'action', type) = $2 order by id`,
    [userId, what],
  );
}

describe('ListChangeRequests', () => {
  test('lists those that wait, the oldest first, by pages and without values', async () => {
    const given = [await givenRequest(), await givenRequest()];
    const { asked } = asStaff(app, 'compliance');
    const found: unknown[] = [];
    let cursor = '';
    do {
      const page = await (await client()).listChangeRequests({ limit: 1, cursor }, asked);
      found.push(...page.changeRequests);
      cursor = page.nextCursor;
    } while (cursor !== '');
    expect(found.slice(-2)).toMatchObject(
      given.map(({ userId, changeRequestId }) => ({ userId, changeRequestId, fields: ['familyName', 'residence'] })),
    );
    await withdraw(given[0] as Given);
    const { changeRequests } = await (await client()).listChangeRequests({ limit: 100, cursor: '' }, asked);
    expect(changeRequests.map(({ changeRequestId }) => changeRequestId)).not.toContain(given[0]?.changeRequestId);
  });

  test('SR-65: for nobody who may not read cases', async () => {
    const { asked } = asStaff(app, 'support');
    const listing = (await client()).listChangeRequests({ limit: 1, cursor: '' }, asked);
    await expect(listing).rejects.toMatchObject({ code: 'access.forbidden' });
  });
});

describe('ViewChangeRequest', () => {
  test('SR-86: shows what is and what is to be, and tells the ledger who looked', async () => {
    const [given, staff] = [await givenRequest(), asStaff(app, 'compliance')];
    const { userId, changeRequestId } = given;
    const shown = await (await client()).viewChangeRequest({ userId, changeRequestId }, staff.asked);
    expect(shown).toMatchObject({
      ...{ status: 'open', reason },
      changes: [
        { field: 'familyName', current: 'Byron', proposed: 'Lovelace' },
        { field: 'residence', current: 'GB', proposed: 'DE' },
      ],
    });
    expect(await outboxOf(given, 'profile.change_request.read')).toMatchObject([
      { data: { actor: { id: staff.userId }, details: { changeRequestId, fields: 'familyName residence' } } },
    ]);
  });

  test('SR-86: none that is withdrawn or decided: that it waits is the reason to look', async () => {
    const [withdrawn, rejected] = [await givenRequest(), await givenRequest()];
    await withdraw(withdrawn);
    await decide(rejected, rejection);
    for (const { userId, changeRequestId } of [withdrawn, rejected]) {
      const viewing = (await client()).viewChangeRequest({ userId, changeRequestId }, asStaff(app, 'compliance').asked);
      await expect(viewing).rejects.toMatchObject({ code: 'profile.change_request.closed' });
    }
    for (const given of [withdrawn, rejected]) {
      expect(await outboxOf(given, 'profile.change_request.read')).toEqual([]);
    }
  });

  test('SR-72: not to who stands as high, nor to themselves; SR-65: to nobody who may not decide', async () => {
    const given = await givenRequest();
    const { userId, changeRequestId } = given;
    const refused = async (asked: object) =>
      expect((await client()).viewChangeRequest({ userId, changeRequestId }, asked)).rejects.toMatchObject({
        code: 'access.forbidden',
      });
    for (const role of ['support', 'admin'] as const) await refused(asStaff(app, role).asked);
    auth.roles.set(userId, ['compliance']);
    await refused(asStaff(app, 'compliance').asked);
    expect(await outboxOf(given, 'profile.change_request.read')).toEqual([]);
  });
});

describe('DecideChangeRequest', () => {
  test('approved, the change is made, stays locked, is told of by name, and its user and the ledger know', async () => {
    const [given, staff] = [await givenRequest(), asStaff(app, 'compliance')];
    await decide(given, approval, staff);
    expect(await profileOf(given)).toMatchObject({
      ...{ givenName: 'Ada', familyName: 'Lovelace', residence: 'DE', identityLockedAt: expect.any(String) },
    });
    expect(await requestOf(given)).toMatchObject({ status: 'approved', closedAt: expect.any(String) });
    const [, updated] = await outboxOf(given, 'profile.updated.v1');
    expect(updated?.data).toMatchObject({ changedFields: ['familyName', 'residence'], version: '4' });
    const [decided, ...others] = await outboxOf(given, 'profile.change_request.decided');
    const details = { changeRequestId: given.changeRequestId, noteId, decision: 'approved' };
    expect(decided?.data).toMatchObject({ actor: { id: staff.userId }, details });
    expect(others).toEqual([]);
    expect(JSON.stringify([updated, decided])).not.toContain('Lovelace');
    const templates = (await messagesTo(app, given.userId)).map(({ template }) => template);
    expect(templates).toEqual(['profile-change-requested', 'profile-change-approved']);
  });

  test('rejected, nothing changes, and its user sees why by a code', async () => {
    const given = await givenRequest();
    await decide(given, rejection);
    expect(await profileOf(given)).toMatchObject({ familyName: 'Byron', residence: 'GB' });
    expect(await requestOf(given)).toMatchObject({ status: 'rejected', rejection: 'evidence_unclear' });
    const templates = (await messagesTo(app, given.userId)).map(({ template }) => template);
    expect(templates).toEqual(['profile-change-requested', 'profile-change-rejected']);
  });

  test('by the same person again changes nothing; by another it is closed', async () => {
    const [given, staff] = [await givenRequest(), asStaff(app, 'compliance')];
    await decide(given, approval, staff);
    await decide(given, approval, staff);
    expect(await outboxOf(given, 'profile.change_request.decided')).toHaveLength(1);
    const closed = { code: 'profile.change_request.closed' };
    await expect(decide(given, rejection, staff)).rejects.toMatchObject(closed);
    await expect(decide(given, approval)).rejects.toMatchObject(closed);
    expect(await withdraw(given)).toMatchObject({ status: 409, body: closed });
  });

  test('SR-72: nobody decides about themselves or who stands as high; SR-65: nor who may not decide', async () => {
    const [given, staff] = [await givenRequest(), asStaff(app, 'compliance')];
    const forbidden = { code: 'access.forbidden' };
    for (const role of ['support', 'admin'] as const) {
      await expect(decide(given, approval, asStaff(app, role))).rejects.toMatchObject(forbidden);
    }
    await expect(decide({ ...given, userId: staff.userId as never }, approval, staff)).rejects.toMatchObject(forbidden);
    auth.roles.set(given.userId, ['compliance']);
    await expect(decide(given, approval, staff)).rejects.toMatchObject(forbidden);
    expect(await requestOf(given)).toMatchObject({ status: 'open' });
  });

  test('SR-71: whoever asked for a change does not decide on it', async () => {
    const given = await givenRequest();
    const token = app.issuer.token({ ...staffToken, userId: given.userId });
    const himself = { userId: given.userId, asked: { headers: { 'bank-user-token': token } } };
    for (const call of [approval, rejection]) {
      await expect(decide(given, call, himself)).rejects.toMatchObject({ code: 'access.forbidden' });
    }
    expect(await requestOf(given)).toMatchObject({ status: 'open' });
  });

  test('SR-71: what was looked at is what is done: another request of the same user needs another decision', async () => {
    const given = await givenRequest();
    const again = { changes: { familyName: 'King' }, reason };
    const ask = () => request(app.service, 'POST', '/v1/profile/change-requests', { token: given.token, body: again });
    expect((await ask()).status).toBe(409);
    await withdraw(given);
    expect((await ask()).status).toBe(201);
    await expect(decide(given, approval)).rejects.toMatchObject({ code: 'profile.change_request.closed' });
    expect(await profileOf(given)).toMatchObject({ familyName: 'Byron', residence: 'GB' });
  });

  test('SR-65: somebody else’s request, one that is missing, and one of nobody are alike', async () => {
    const [given, other] = [await givenRequest(), await givenRequest()];
    const missing = { code: 'profile.change_request.not_found' };
    await expect(decide({ ...given, userId: other.userId }, approval)).rejects.toMatchObject(missing);
    await expect(decide({ ...given, changeRequestId: uuidv7() }, approval)).rejects.toMatchObject(missing);
    auth.unknown.add(given.userId);
    await expect(decide(given, approval)).rejects.toMatchObject(missing);
  });

  test.each([
    ['no decision', { decision: ChangeDecision.UNSPECIFIED, noteId }],
    ['no note', { decision: ChangeDecision.APPROVE, noteId: '' }],
    ['a rejection without a code', { decision: ChangeDecision.REJECT, noteId }],
    ['a code that there is not', { ...rejection, rejection: 'because' }],
    ['an approval with a code', { ...approval, rejection: 'not_possible' }],
  ])('refuses %s', async (_, call) => {
    await expect(decide(await givenRequest(), call)).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('SR-73: at the same moment', () => {
  const rounds = Array.from({ length: 20 }, (_, round) => round + 1);

  test.each(rounds)('round %i: of two decisions one counts', async () => {
    const given = await givenRequest();
    const calls = [approval, rejection, approval, rejection];
    const outcomes = await raceOf(calls.length, (index) => decide(given, calls[index] ?? approval));
    expect(winners(outcomes)).toHaveLength(1);
    expect(losers(outcomes)).toMatchObject(calls.slice(1).map(() => ({ code: 'profile.change_request.closed' })));
    const isApproved = outcomes.findIndex(({ status }) => status === 'fulfilled') % 2 === 0;
    expect(await requestOf(given)).toMatchObject({ status: isApproved ? 'approved' : 'rejected' });
    expect(await profileOf(given)).toMatchObject({ familyName: isApproved ? 'Lovelace' : 'Byron' });
    expect(await outboxOf(given, 'profile.change_request.decided')).toHaveLength(1);
  });

  test.each(rounds)('round %i: of a decision and a withdrawal one counts', async () => {
    const given = await givenRequest();
    const [decision, withdrawal] = await raceOf<{ status?: number }>(2, (index) =>
      index === 0 ? decide(given, approval).then(() => ({})) : withdraw(given),
    );
    const isDecided = decision?.status === 'fulfilled';
    const status = withdrawal?.status === 'fulfilled' ? withdrawal.value.status : undefined;
    expect(status).toBe(isDecided ? 409 : 200);
    expect(await requestOf(given)).toMatchObject({ status: isDecided ? 'approved' : 'withdrawn' });
    expect(await profileOf(given)).toMatchObject({ familyName: isDecided ? 'Lovelace' : 'Byron' });
  });
});

// The last one: who fails to reach auth does not try it again at once.
test('while auth is away nothing is decided', async () => {
  const given = await givenRequest();
  auth.away = true;
  await expect(decide(given, approval).finally(() => (auth.away = false))).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(await requestOf(given)).toMatchObject({ status: 'open' });
});

import { uuidv7 } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';
import { raceOf, winners } from '@bank/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, messagesTo, register } from './support/accounts.ts';
import { auditsOf, type Colleague, colleague, signedIn, signedRequest, staffClients } from './support/colleagues.ts';
import { toldAbout } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { activate, claimsOf, tokenOfLink } from './support/staff.ts';

const auth = await sharedAuth();
const clients = await staffClients(auth);
const { users } = clients;
const noteId = uuidv7();
let maker: Colleague;
let checker: Colleague;

beforeAll(async () => {
  [maker, checker] = [await colleague(auth, 'admin'), await colleague(auth, 'admin')];
});
beforeEach(() => auth.database.query('delete from auth.activations'));

async function prepare(email = freshEmail(), roles = ['support']): Promise<string> {
  return (await users.prepareInvitation({ email, roles }, maker.asked)).invitationId;
}

/** The request of the maker for an invitation. */
function requestFor(invitationId: string, roles: ('support' | 'compliance' | 'admin')[] = ['support']) {
  return signedRequest(clients, maker, 'staff.invite', { invitationId, roles });
}

async function invite(invitationId: string, changes: object = {}) {
  const approval = await requestFor(invitationId);
  return users.inviteStaff({ invitationId, roles: ['support'], noteId, approval, ...changes }, checker.asked);
}

/** An invitation that one asks for and the other approves. */
async function sendBy([asks, approves]: readonly [Colleague, Colleague], email: string): Promise<void> {
  const { invitationId } = await users.prepareInvitation({ email, roles: ['support'] }, asks.asked);
  const approval = await signedRequest(clients, asks, 'staff.invite', { invitationId, roles: ['support'] });
  await users.inviteStaff({ invitationId, roles: ['support'], noteId, approval }, approves.asked);
}

/** The token that was sent to an address. */
async function tokenSentTo(email: string): Promise<string> {
  const [message] = await messagesTo(auth, email);
  expect(message?.template).toBe('staff-invitation');
  return tokenOfLink(message?.params['url'] ?? '');
}

const rejected = (code: string) => expect.objectContaining({ code });

describe('PrepareInvitation', () => {
  it('keeps whom to invite, sealed, and does nothing else', async () => {
    const email = freshEmail();
    const id = await prepare(email, ['support', 'compliance']);
    const [row] = await auth.database.query(
      'select roles, token_digest, invited_by from auth.activations where id = $1',
      [id],
    );
    expect(row).toEqual({ roles: ['compliance', 'support'], token_digest: null, invited_by: maker.id });
    const text = JSON.stringify(await auth.database.query('select * from auth.activations'));
    expect(text).not.toContain(email);
    expect(await messagesTo(auth, email)).toEqual([]);
    expect(await toldAbout(auth, id)).toEqual(['staff.invitation.prepared']);
  });

  it("refuses a user's address, customers, no role, and one that is none", async () => {
    const { email } = await register(auth);
    await expect(prepare(email)).rejects.toEqual(rejected('staff.address.taken'));
    for (const roles of [['customer'], [], ['root'], ['support', 'support']]) {
      await expect(prepare(freshEmail(), roles)).rejects.toEqual(rejected('request.invalid'));
    }
    await expect(prepare('x')).rejects.toEqual(rejected('request.invalid'));
  });

  it('SR-72 is for administrators alone', async () => {
    for (const role of ['support', 'compliance'] as const) {
      const { asked } = await colleague(auth, role);
      const attempt = users.prepareInvitation({ email: freshEmail(), roles: ['support'] }, asked);
      await expect(attempt).rejects.toEqual(rejected('access.forbidden'));
    }
  });

  it('SR-18 keeps ten of one administrator, however many they prepare at once', { timeout: 120_000 }, async () => {
    const answers = await raceOf(20, () => prepare());
    expect(winners(answers)).toHaveLength(10);
    await expect(prepare()).rejects.toEqual(rejected('staff.invitations.too_many'));
    const request = { email: freshEmail(), roles: ['support'] };
    await expect(users.prepareInvitation(request, checker.asked)).resolves.toBeDefined();
    await auth.database.query(`update auth.activations set expires_at = '2020-01-01'`);
    await prepare();
  });

  it('SR-18 keeps fifty together', async () => {
    await prepare();
    await auth.database.query(
      `insert into auth.activations (id, user_id, contact, address_hash, roles, invited_by, created_at, expires_at)
        select gen_random_uuid(), gen_random_uuid(), contact, address_hash, roles, gen_random_uuid(), created_at, expires_at
          from auth.activations, generate_series(1, 49)`,
    );
    await expect(prepare()).rejects.toEqual(rejected('staff.invitations.too_many'));
  });

  it('SR-86 records what is refused, under the id that it would have had', async () => {
    const { email } = await register(auth);
    await expect(prepare(email)).rejects.toEqual(rejected('staff.address.taken'));
    const compliance = await colleague(auth, 'admin', 'compliance');
    await auth.database.query(`update auth.users set roles = '{compliance}' where id = $1`, [compliance.id]);
    const late = users.prepareInvitation({ email: freshEmail(), roles: ['support'] }, compliance.asked);
    await expect(late).rejects.toEqual(rejected('access.forbidden'));
    const told = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where data->>'action' = 'staff.invitation.prepared' and data->>'outcome' = 'AUDIT_OUTCOME_DENIED'
        order by id desc limit 2`,
    );
    expect(told).toMatchObject([
      { data: { reason: 'access.forbidden', actor: { id: compliance.id }, details: { roles: 'support' } } },
      { data: { reason: 'staff.address.taken', actor: { id: maker.id } } },
    ]);
    expect(JSON.stringify(told)).not.toContain(email);
  });
});

describe('ViewInvitation', () => {
  it('SR-71 shows whom it is for: a hint, and in full with the note that says why; the ledger knows both', async () => {
    const email = freshEmail();
    const invitationId = await prepare(email, ['support', 'compliance']);
    const hint = await users.viewInvitation({ invitationId }, checker.asked);
    expect(hint).toMatchObject({ email: `${email[0]}***@mail.example`, roles: ['compliance', 'support'] });
    expect(await users.viewInvitation({ invitationId, noteId }, checker.asked)).toMatchObject({ email });
    expect(await auditsOf(auth, invitationId, 'staff.invitation.read')).toMatchObject([
      { actor: { id: checker.id }, details: { masked: 'email' } },
      { actor: { id: checker.id }, details: { fields: 'email', noteId } },
    ]);
    const told = await auth.database.query('select data from auth.outbox where subject = $1', [invitationId]);
    expect(JSON.stringify(told)).not.toContain(email);
  });

  it('SR-72 is for administrators alone', async () => {
    const invitationId = await prepare();
    for (const role of ['support', 'compliance'] as const) {
      const { asked } = await colleague(auth, role);
      await expect(users.viewInvitation({ invitationId }, asked)).rejects.toEqual(rejected('access.forbidden'));
    }
    await expect(users.viewInvitation({ invitationId }, {})).rejects.toEqual(rejected('auth.token.missing'));
  });

  it('knows neither an unknown one nor what an operator made', async () => {
    const invitationId = await prepare();
    await auth.database.query('update auth.activations set invited_by = null');
    for (const id of [invitationId, uuidv7()]) {
      const look = users.viewInvitation({ invitationId: id }, checker.asked);
      await expect(look).rejects.toEqual(rejected('staff.invitation.not_found'));
    }
  });
});

describe('InviteStaff', () => {
  it('sends a link to the prepared address that makes a member of staff', async () => {
    const email = freshEmail();
    const id = await prepare(email);
    await invite(id);
    const { status, body } = await activate(auth, await tokenSentTo(email));
    expect(status).toBe(200);
    const { sub } = claimsOf(body.accessToken);
    const [user] = await auth.database.query('select roles, status from auth.users where id = $1', [sub]);
    expect(user).toEqual({ roles: ['support'], status: 'active' });
    expect(await toldAbout(auth, id)).toContain('staff.invitation.sent');
  });

  it('SR-37, SR-83 leads to the console, and no event or ledger entry holds the link or the address', async () => {
    const email = freshEmail();
    const id = await prepare(email);
    await invite(id);
    const [message] = await messagesTo(auth, email);
    expect(message?.params['url']).toMatch(/^https:\/\/staff\.bank\.example\/activate#token=ac_/);
    const rows = await auth.database.query(`select data from auth.outbox where destination in ('events', 'audit')`);
    const told = JSON.stringify(rows);
    expect(told).not.toContain(email);
    expect(told).not.toContain(await tokenSentTo(email));
  });

  it.each([
    [0, 'asked for it'],
    [1, 'approved it'],
  ])(
    'SR-70, SR-71 makes nobody staff once one of the two (%i: who %s) was stopped, nor when they are let in again',
    async (index) => {
      const pair = [await colleague(auth, 'admin'), await colleague(auth, 'admin')] as const;
      const [whileStopped, afterwards, anew] = [freshEmail(), freshEmail(), freshEmail()];
      await sendBy(pair, whileStopped);
      await sendBy(pair, afterwards);
      const userId = pair[index]?.id ?? '';
      const move = (status: UserStatus) => users.setUserStatus({ userId, status, noteId, approval: '' }, checker.asked);
      await move(UserStatus.LOCKED);
      const token = await tokenSentTo(whileStopped);
      const refused = await activate(auth, token);
      expect([refused.status, refused.body.code]).toEqual([422, 'auth.verification.invalid']);
      expect(await toldAbout(auth, token.slice(3, 39))).toContain('auth.activation.failed inviter');
      await move(UserStatus.ACTIVE);
      expect((await activate(auth, await tokenSentTo(afterwards))).status).toBe(422);
      await sendBy([await signedIn(auth, pair[0]), await signedIn(auth, pair[1])], anew);
      expect((await activate(auth, await tokenSentTo(anew))).status).toBe(200);
    },
  );

  it('SR-70 makes nobody an administrator when who asked for it is none any more', async () => {
    const pair = [await colleague(auth, 'admin'), checker] as const;
    const email = freshEmail();
    await sendBy(pair, email);
    await auth.database.query(`update auth.users set roles = '{support}' where id = $1`, [pair[0].id]);
    expect((await activate(auth, await tokenSentTo(email))).status).toBe(422);
  });

  it('an invitation that was only prepared opens nothing', async () => {
    const id = await prepare();
    expect((await activate(auth, `ac_${id}.${'A'.repeat(43)}`)).body.code).toBe('auth.verification.invalid');
  });

  it('SR-71 not by its maker, nor by one request twice', async () => {
    const id = await prepare();
    const approval = await requestFor(id);
    const request = { invitationId: id, roles: ['support'], noteId, approval };
    await expect(users.inviteStaff(request, maker.asked)).rejects.toEqual(rejected('approval.own'));
    await users.inviteStaff(request, checker.asked);
    const third = await colleague(auth, 'admin');
    await expect(users.inviteStaff(request, third.asked)).rejects.toEqual(rejected('approval.already_decided'));
  });

  it('SR-71 not with other roles, or for another invitation, than it was asked for', async () => {
    const [id, other] = [await prepare(), await prepare()];
    const approval = await requestFor(id);
    await expect(invite(id, { roles: ['admin'] })).rejects.toEqual(rejected('approval.invalid'));
    await expect(invite(other, { approval })).rejects.toEqual(rejected('approval.invalid'));
    const asAdmin = await requestFor(id, ['admin']);
    const changed = invite(id, { roles: ['admin'], approval: asAdmin });
    await expect(changed).rejects.toEqual(rejected('staff.invitation.not_found'));
  });

  it('refuses one that is sent already, expired, unknown, or whose address is taken by now', async () => {
    const sent = await prepare();
    await invite(sent);
    await expect(invite(sent)).rejects.toEqual(rejected('staff.invitation.not_found'));
    const expired = await prepare();
    await auth.database.query(`update auth.activations set expires_at = '2020-01-01' where id = $1`, [expired]);
    await expect(invite(expired)).rejects.toEqual(rejected('staff.invitation.not_found'));
    await expect(invite(uuidv7())).rejects.toEqual(rejected('staff.invitation.not_found'));
    const email = freshEmail();
    const taken = await prepare(email);
    await register(auth, email);
    await expect(invite(taken)).rejects.toEqual(rejected('staff.address.taken'));
  });

  it('SR-71 goes out once, however many send it at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const email = freshEmail();
      const id = await prepare(email);
      const approvals = await Promise.all(Array.from({ length: 6 }, () => requestFor(id)));
      const answers = await raceOf(6, (number) => invite(id, { approval: approvals[number] }));
      expect(winners(answers)).toHaveLength(1);
      expect(await messagesTo(auth, email)).toHaveLength(1);
    }
  });
});

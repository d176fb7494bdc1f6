import { uuidv7 } from '@bank/domain';
import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { messagesTo, register } from './support/accounts.ts';
import { auditsOf, colleague, staffClients } from './support/colleagues.ts';
import { linksTo, reset, resetTokenFor, toldAbout } from './support/passwords.ts';
import { accountWithPhone } from './support/phones.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { createStaff } from './support/staff.ts';

const auth = await sharedAuth();
const staff = await staffClients(auth);

describe('StartPasswordReset', () => {
  const noteId = uuidv7();

  it('SR-42 sends the same link, and staff see nothing of it', async () => {
    const account = await register(auth);
    const { asked } = await colleague(auth, 'support');
    expect(await staff.sessions.startPasswordReset({ userId: account.id, noteId }, asked)).toMatchObject({});
    expect((await reset(auth, await resetTokenFor(auth, account.id))).status).toBe(204);
    const [event] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'auth.password_reset_requested.v1'`,
      [account.id],
    );
    expect(event?.data).toMatchObject({ byStaff: true });
    const [entry] = await auth.database.query<{ data: { details: object } }>(
      `select data from auth.outbox where subject = $1 and data->>'action' = 'auth.password.reset_requested'`,
      [account.id],
    );
    expect(entry?.data.details).toEqual({ noteId });
  });

  it('SR-20, SR-42 reaches an address that was never proven, for staff who know whose it is, and the number hears of it', async () => {
    const account = await accountWithPhone(auth);
    await auth.database.query('update auth.users set email_verified_at = null where id = $1', [account.id]);
    const { asked } = await colleague(auth, 'support');
    await staff.sessions.startPasswordReset({ userId: account.id, noteId }, asked);
    await auth.mailbox.newest(account.email, /another password/);
    expect((await reset(auth, await resetTokenFor(auth, account.id))).status).toBe(204);
    const texts = (await messagesTo(auth, account.id)).slice(-3).map(({ template }) => template);
    expect(texts.toSorted()).toEqual(['email-changed', 'password-changed', 'password-changed']);
    await until(() => auth.carriers.twilio.some(({ to, text }) => to === account.phone && /^The password/.test(text)));
    expect(await toldAbout(auth, account.id)).toContain('user.email_proven');
  });

  it('SR-72 is not for people who stand as high, nor for oneself', async () => {
    const support = await colleague(auth, 'support');
    for (const { id } of [await createStaff(auth, 'support'), await createStaff(auth, 'admin'), support]) {
      const refused = staff.sessions.startPasswordReset({ userId: id, noteId }, support.asked);
      await expect(refused).rejects.toMatchObject({ code: 'access.forbidden' });
      expect(await linksTo(auth, id)).toEqual([]);
    }
  });

  it('SR-42, SR-72 has as many links left for those who may as if nobody else had asked', async () => {
    const [support, admin, target] = [
      await colleague(auth, 'support'),
      await colleague(auth, 'admin'),
      await createStaff(auth, 'admin'),
    ];
    const start = (by: typeof support) => staff.sessions.startPasswordReset({ userId: target.id, noteId }, by.asked);
    for (let refused = 0; refused < 6; refused += 1) {
      await expect(start(support)).rejects.toMatchObject({ code: 'access.forbidden' });
    }
    for (let sent = 0; sent < 5; sent += 1) await start(admin);
    await expect(start(admin)).rejects.toMatchObject({ code: 'request.rate_limited' });
  });

  it('SR-70 judges who asks as they are now, and records the refusal', async () => {
    const support = await colleague(auth, 'support');
    await auth.database.query(`update auth.users set roles = '{customer}' where id = $1`, [support.id]);
    const { id } = await register(auth);
    const late = staff.sessions.startPasswordReset({ userId: id, noteId }, support.asked);
    await expect(late).rejects.toMatchObject({ code: 'access.forbidden' });
    expect(await linksTo(auth, id)).toEqual([]);
    const told = await auditsOf(auth, id, 'auth.password.reset_requested');
    expect(told).toMatchObject([{ outcome: 'AUDIT_OUTCOME_DENIED', reason: 'access.forbidden', details: { noteId } }]);
  });

  it('refuses somebody who is stopped, nobody, more than five an hour, and no note', async () => {
    const { asked } = await colleague(auth, 'admin');
    const start = (userId: string, note = noteId) => staff.sessions.startPasswordReset({ userId, noteId: note }, asked);
    const account = await register(auth);
    for (let sent = 0; sent < 5; sent += 1) await start(account.id);
    await expect(start(account.id)).rejects.toMatchObject({ code: 'request.rate_limited' });
    const stopped = await register(auth);
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [stopped.id]);
    await expect(start(stopped.id)).rejects.toMatchObject({ code: 'user.state.blocked' });
    await expect(start(uuidv7())).rejects.toMatchObject({ code: 'user.not_found' });
    await expect(start(account.id, '')).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

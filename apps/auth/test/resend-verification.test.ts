import { uuidv7 } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { describe, expect, it } from 'vitest';
import { register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { freshPhone } from './support/messages.ts';
import { changePhone, smsCode, steppedUpAccount, verifyPhone } from './support/phones.ts';
import { callerTable, clientAs, onBehalfOf } from './support/rpc.ts';
import { createStaff, staffSession, staffToken } from './support/staff.ts';

const auth = await startAuth({
  callers: callerTable({
    admin: { methods: ['bank.user.v1.UserService/ResendVerification'], audiences: ['user-service-staff'] },
  }),
});
const users = await clientAs(auth, 'admin', UserService);
const noteId = uuidv7();

describe('ResendVerification', () => {
  it('sends another code to the pending number, and the ledger says who and why', async () => {
    const token = await staffToken(auth, 'support');
    const account = await steppedUpAccount(auth);
    const phone = freshPhone();
    await changePhone(auth, account.accessToken, phone);
    const older = await smsCode(auth, phone);
    await users.resendVerification({ userId: account.id, noteId }, onBehalfOf(token));
    const newer = await smsCode(auth, phone, older);
    const told = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and data->>'action' = 'user.contact_change.resent'`,
      [account.id],
    );
    expect(told).toMatchObject([{ data: { details: { noteId } } }]);
    expect((await verifyPhone(auth, account.accessToken, older)).status).toBe(422);
    expect((await verifyPhone(auth, account.accessToken, newer)).status).toBe(200);
  });

  it('SR-25 keeps the counters: wrong codes and messages of before count', async () => {
    const token = onBehalfOf(await staffToken(auth, 'support'));
    const account = await steppedUpAccount(auth);
    await changePhone(auth, account.accessToken, freshPhone());
    for (let sent = 0; sent < 4; sent += 1) await users.resendVerification({ userId: account.id, noteId }, token);
    const sixth = users.resendVerification({ userId: account.id, noteId }, token);
    await expect(sixth).rejects.toMatchObject({ code: 'request.rate_limited' });
    expect((await changePhone(auth, account.accessToken, freshPhone())).status).toBe(429);
  });

  it('answers that nothing is pending, and that there is no such user', async () => {
    const token = onBehalfOf(await staffToken(auth, 'support'));
    const { id } = await register(auth);
    const none = users.resendVerification({ userId: id, noteId }, token);
    await expect(none).rejects.toMatchObject({ code: 'user.contact_change.none_pending' });
    const nobody = users.resendVerification({ userId: uuidv7(), noteId }, token);
    await expect(nobody).rejects.toMatchObject({ code: 'user.not_found' });
  });

  it('SR-72 is for staff who may, and not about their equals', async () => {
    const { id } = await register(auth);
    const compliance = users.resendVerification(
      { userId: id, noteId },
      onBehalfOf(await staffToken(auth, 'compliance')),
    );
    await expect(compliance).rejects.toMatchObject({ code: 'access.forbidden' });
    const colleague = await createStaff(auth, 'support');
    const equal = users.resendVerification(
      { userId: colleague.id, noteId },
      onBehalfOf(await staffToken(auth, 'support')),
    );
    await expect(equal).rejects.toMatchObject({ code: 'access.forbidden' });
    await expect(users.resendVerification({ userId: id, noteId }, {})).rejects.toMatchObject({
      code: 'auth.token.missing',
    });
  });

  it('SR-70 judges who asks as they are now, and records the refusal', async () => {
    const staff = await createStaff(auth, 'support');
    const { body } = await staffSession(auth, staff);
    await auth.database.query(`update auth.users set status = 'locked' where id = $1`, [staff.id]);
    const account = await steppedUpAccount(auth);
    const phone = freshPhone();
    await changePhone(auth, account.accessToken, phone);
    const late = users.resendVerification({ userId: account.id, noteId }, onBehalfOf(body.accessToken));
    await expect(late).rejects.toMatchObject({ code: 'access.forbidden' });
    const told = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and data->>'action' = 'user.contact_change.resent'`,
      [account.id],
    );
    expect(told).toMatchObject([
      { data: { outcome: 'AUDIT_OUTCOME_DENIED', reason: 'access.forbidden', details: { noteId } } },
    ]);
  });
});

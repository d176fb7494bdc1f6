import { type Email, uuidv7 } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { hashAddress } from '#features/address/index-address.ts';
import { codeFor, freshEmail, messagesTo, register, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { rawPost, withoutChance } from './support/raw-http.ts';

const auth = await startAuth({ env: { REGISTRATION_MAILS_PER_HOUR: '2' } });

const shared = await startAuth({ env: { REGISTRATION_MAILS_PER_HOUR: '10', RATE_LIMIT_IP_MULTIPLIER: '1' } });

describe('SR-18 mails of registrations', () => {
  it('go to one address only so often, resends included, and nobody is told', async () => {
    const email = freshEmail();
    const answers = [];
    for (let asked = 0; asked < 3; asked += 1) answers.push(await post(auth, '/v1/auth/register', registration(email)));
    const { registrationId } = answers[0]?.body ?? {};
    answers.push(await post(auth, '/v1/auth/register/resend', { registrationId }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(await messagesTo(auth, email)).toHaveLength(2);
  });

  it('SR-86 are said by the ledger to be beyond the limit, where they were not sent', async () => {
    const email = freshEmail();
    const ids: string[] = [];
    for (let asked = 0; asked < 3; asked += 1) {
      ids.push((await post(auth, '/v1/auth/register', registration(email))).body.registrationId);
    }
    const unknown = uuidv7();
    for (const registrationId of [ids[0], unknown]) await post(auth, '/v1/auth/register/resend', { registrationId });
    const entries = await auth.database.query<{ told: string }>(
      `select concat_ws(' ', data->>'action', data->>'outcome', data->>'reason') as told from auth.outbox
        where destination = 'audit' and subject = any ($1) order by id`,
      [[...ids, unknown]],
    );
    expect(entries.map(({ told }) => told)).toEqual([
      'auth.registration.started AUDIT_OUTCOME_SUCCESS',
      'auth.registration.started AUDIT_OUTCOME_SUCCESS',
      'auth.registration.started AUDIT_OUTCOME_DENIED limit',
      'auth.registration.resent AUDIT_OUTCOME_DENIED limit',
      'auth.registration.resent AUDIT_OUTCOME_FAILURE',
    ]);
  });

  it('leave the last code that was sent as it is, when another would not be', async () => {
    const email = freshEmail();
    const { registrationId } = (await post(auth, '/v1/auth/register', registration(email))).body;
    for (let asked = 0; asked < 3; asked += 1) await post(auth, '/v1/auth/register/resend', { registrationId });
    const code = await codeFor(auth, email);
    expect((await post(auth, '/v1/auth/register/verify', { registrationId, code })).status).toBe(201);
  });
});

describe('SR-18 mails of registrations that one network has sent', () => {
  const startFrom = (clientAddress: string, email: string) =>
    post(shared, '/v1/auth/register', registration(email), { headers: { 'x-forwarded-for': clientAddress } });

  it('are three of an hour: no stranger keeps the owner of an address from registering in another network', async () => {
    const email = freshEmail();
    for (let asked = 0; asked < 12; asked += 1) expect((await startFrom('198.51.100.7', email)).status).toBe(202);
    expect(await messagesTo(shared, email)).toHaveLength(3);
    const { registrationId } = (await startFrom('203.0.113.9', email)).body;
    expect(await messagesTo(shared, email)).toHaveLength(4);
    const code = await codeFor(shared, email);
    expect((await post(shared, '/v1/auth/register/verify', { registrationId, code })).status).toBe(201);
  });

  it('are counted with those that are sent again, and cost the network nothing where the address gets no more', async () => {
    const email = freshEmail();
    const headers = { 'x-forwarded-for': '198.51.100.8' };
    const { registrationId } = (await startFrom('198.51.100.8', email)).body;
    for (let asked = 0; asked < 5; asked += 1) {
      await post(shared, '/v1/auth/register/resend', { registrationId }, { headers });
    }
    expect(await messagesTo(shared, email)).toHaveLength(3);
    for (const last of [1, 2, 3])
      for (let asked = 0; asked < 3; asked += 1) await startFrom(`203.0.113.${last}`, email);
    expect(await messagesTo(shared, email)).toHaveLength(10);
    // Another hour of the address begins.
    const addressHash = hashAddress(shared.ctx, { kind: 'email', value: email as Email });
    const counted = `registration-mail:${Buffer.from(addressHash).toString('hex')}`;
    await shared.ctx.rateLimits.consume(counted, { points: 10, windowSeconds: 3600 }, -12);
    for (let asked = 0; asked < 3; asked += 1) await startFrom('203.0.113.3', email);
    expect(await messagesTo(shared, email)).toHaveLength(12);
  });

  it('SR-17 are those of a whole /48 of IPv6', async () => {
    const email = freshEmail();
    for (const subscriber of ['1', '2', '3', 'f00d', 'ffff']) await startFrom(`2001:db8:77:${subscriber}::1`, email);
    expect(await messagesTo(shared, email)).toHaveLength(3);
    await startFrom('2001:db8:78:1::1', email);
    expect(await messagesTo(shared, email)).toHaveLength(4);
  });

  it('SR-15 leave every byte of the answer as it was, whether or not the address is taken', async () => {
    const owner = await register(shared);
    const free = freshEmail();
    const answers = [];
    for (const email of [owner.email, free]) {
      for (let asked = 0; asked < 5; asked += 1) {
        answers.push(withoutChance(await rawPost(shared, '/v1/auth/register', registration(email))));
      }
    }
    expect(answers[0]).toMatch(/^HTTP\/1\.1 202 /);
    expect(new Set(answers).size).toBe(1);
    expect(await messagesTo(shared, free)).toHaveLength(3);
    expect(await messagesTo(shared, owner.id)).toHaveLength(3);
  });
});

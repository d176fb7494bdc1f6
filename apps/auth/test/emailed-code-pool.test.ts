import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type Account, codeFor, messagesTo, password, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, post } from './support/http.ts';
import { toldAbout } from './support/passwords.ts';
import { completeAtConsole, createStaff, signInAtConsole } from './support/staff.ts';

const auth = await startAuth();
auth.neighbours.factors = [];

/** Both a customer and a colleague, with no factor. */
const colleague = () => createStaff(auth, 'customer', 'support');
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');
const outcome = ({ status, body }: Answer) => `${status} ${body.code ?? ''}`;

const ask = ({ loginId }: { loginId: string }) =>
  post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId });
const begin = async (account: Account, known: object = {}) =>
  (await signInAtConsole(auth, account, known)).body as { loginId: string };
const knownDevice = ({ device: { secret } }: Account) => ({ device: { secret } });

/** A sign-in at the console that waits for the code of its mail. */
async function half(account: Account, known: object = {}) {
  const { loginId } = await begin(account, known);
  const { challengeId } = (await ask({ loginId })).body;
  return { proof: { loginId, challengeId }, code: await codeFor(auth, account.id) };
}

type Half = Awaited<ReturnType<typeof half>>;
const answer = async ({ proof }: Half, code: string) =>
  outcome(await completeAtConsole(auth, { ...proof, response: { code } }));

/** As many wrong codes, each of which finds its pool open. */
async function miss(begun: Half, count: number): Promise<void> {
  for (let tries = 0; tries < count; tries += 1) {
    expect(await answer(begun, otherThan(begun.code))).toBe('401 auth.second_factor.invalid');
  }
}

/** A session by the password alone on a device that is not known. */
async function open(account: Account) {
  const { accessToken: token, sessionId } = (await signIn(auth, account)).body;
  return { token, ask: () => post(auth, '/v1/auth/step-up/challenge', { factorId: sessionId }, { token }) };
}

/** Such a session, and the code that it was sent. */
async function session(account: Account) {
  const { token, ask: askFor } = await open(account);
  await askFor();
  return { token, code: await codeFor(auth, account.id) };
}

const stepUp = async ({ token }: { token: string }, code: string) =>
  outcome(await post(auth, '/v1/auth/step-up/verify', { password, code }, { token }));

const mails = async (account: Account, name: string) =>
  (await messagesTo(auth, account.id)).filter(({ template }) => template === name);
const blockedMails = (account: Account) => mails(account, 'second-factor-blocked');

const lockedEvents = (account: Account) =>
  auth.database.query<{ data: object }>(
    `select data from auth.outbox where subject = $1 and type = 'auth.locked.v1' order by id`,
    [account.id],
  );

describe('SR-25 the codes by mail of a user', () => {
  it('are six digits: 422 for anything else, which is not counted', async () => {
    const begun = await half(await colleague());
    for (const code of ['1234', '12345678', 'abc-def', 'BFGJFE-QS3PKS-A4FG07-HV884G', '1234567', '12345']) {
      expect(await answer(begun, code)).toBe('422 request.invalid');
    }
    expect(await answer(begun, begun.code)).toMatch(/^200 /);
  });

  it('SR-72 lock over all sign-ins at the console, though a sign-in as a customer succeeds between them', async () => {
    const account = await colleague();
    const answers: string[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const begun = await half(account);
      answers.push(await answer(begun, otherThan(begun.code)));
      expect((await signIn(auth, account)).status).toBe(200);
    }
    expect(answers).toEqual(Array(5).fill('401 auth.second_factor.invalid'));
    expect(outcome(await ask(await begin(account)))).toBe('429 auth.second_factor.locked');
    auth.clock.advance(61_000);
    const last = await half(account);
    expect(await answer(last, otherThan(last.code))).toBe('401 auth.second_factor.invalid');
    auth.clock.advance(61_000); // another one locks for two minutes
    expect(await answer(last, last.code)).toBe('429 auth.second_factor.locked');
  });

  it('are counted together, of sign-ins and of step-ups, and a right one alone begins anew', async () => {
    const account = await colleague();
    const begun = await half(account);
    for (let tries = 0; tries < 3; tries += 1) await answer(begun, otherThan(begun.code));
    const mine = await session(account);
    for (let tries = 0; tries < 2; tries += 1) {
      expect(await stepUp(mine, otherThan(mine.code))).toBe('401 auth.second_factor.invalid');
    }
    expect(await stepUp(mine, mine.code)).toBe('429 auth.second_factor.locked');
    expect(await answer(begun, begun.code)).toBe('429 auth.second_factor.locked');
    auth.clock.advance(61_000);
    expect(await answer(begun, begun.code)).toBe('200 ');
    expect(await stepUp(mine, otherThan(mine.code))).toBe('401 auth.second_factor.invalid');
    expect(await stepUp(mine, mine.code)).toBe('200 ');
  });

  it('use no try of their sign-in up while they are locked', async () => {
    const account = await colleague();
    const begun = await half(account);
    for (let tries = 0; tries < 4; tries += 1) await answer(begun, otherThan(begun.code));
    const mine = await session(account);
    await stepUp(mine, otherThan(mine.code));
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await answer(begun, begun.code)).toBe('429 auth.second_factor.locked');
    }
    auth.clock.advance(61_000);
    expect(await answer(begun, begun.code)).toBe('200 ');
  });

  it('SR-12 are judged five times however many come at once on both paths', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 10; round += 1) {
      const account = await colleague();
      const mine = await session(account);
      const begun = [await half(account), await half(account)];
      const answers = winners(
        await raceOf(12, (number) => {
          const one = begun[number % 3];
          return one === undefined ? stepUp(mine, otherThan(mine.code)) : answer(one, otherThan(one.code));
        }),
      );
      const invalid = answers.filter((one) => one === '401 auth.second_factor.invalid');
      const refused = answers.filter((one) => one.startsWith('429 ') || one === '401 auth.login.invalid');
      expect([invalid.length, refused.length]).toEqual([5, 7]);
      expect(await lockedEvents(account)).toContainEqual({ data: expect.objectContaining({ failures: 5 }) });
      expect(await blockedMails(account)).toHaveLength(1);
    }
  });
});

describe('SR-12 the codes by mail of a known device', () => {
  it('are taken there while those of strangers are locked', async () => {
    const account = await colleague();
    await miss(await half(account), 5);
    const mine = await half(account, knownDevice(account));
    expect(await answer(mine, mine.code)).toBe('200 ');
    expect(outcome(await ask(await begin(account)))).toBe('429 auth.second_factor.locked');
  });

  it('are counted over its sign-ins, and lock no other device', async () => {
    const account = await colleague();
    await miss(await half(account, knownDevice(account)), 3);
    await miss(await half(account, knownDevice(account)), 2);
    const again = await begin(account, knownDevice(account));
    expect(outcome(await ask(again))).toBe('429 auth.second_factor.locked');
    const { id } = account.device;
    const lock = { pool: 'LOCK_POOL_EMAILED_CODES', deviceId: id, failures: 5 };
    expect(await lockedEvents(account)).toMatchObject([{ data: lock }]);
    expect(await blockedMails(account)).toHaveLength(1);
    const other = await half(account);
    expect(await answer(other, other.code)).toBe('200 ');
    auth.clock.advance(61_000);
    expect((await ask(again)).status).toBe(200);
  });
});

describe('SR-18 a code by mail that nothing would take', () => {
  it('is not sent for a sign-in: 429 until the lock is over, as where one was sent just now (SR-16)', async () => {
    const account = await colleague();
    const begun = await half(account);
    const soon = await ask(begun.proof);
    await miss(begun, 4);
    const last = await half(account);
    await miss(last, 1);
    const waiting = await begin(account);
    const sent = await mails(account, 'sign-in-code');
    for (let tries = 0; tries < 4; tries += 1) {
      const refused = await ask(waiting);
      expect(refused.headers.get('retry-after')).toBe('60');
      const { requestId } = refused.body;
      expect(refused.body).toEqual({ ...soon.body, requestId, retryAfterSeconds: 60 });
    }
    expect(await mails(account, 'sign-in-code')).toHaveLength(sent.length);
    auth.clock.advance(61_000);
    expect((await ask(waiting)).status).toBe(200);
  });

  it('is not sent for a step-up either', async () => {
    const account = await colleague();
    const mine = await open(account);
    await miss(await half(account), 5);
    const refused = await mine.ask();
    expect([outcome(refused), refused.headers.get('retry-after')]).toEqual(['429 auth.second_factor.locked', '60']);
    expect(await mails(account, 'step-up-code')).toEqual([]);
    auth.clock.advance(61_000);
    expect((await mine.ask()).status).toBe(200);
  });

  it('is 401 for a sign-in that no code could open any more', async () => {
    const account = await colleague();
    const begun = await half(account);
    await miss(begun, 5);
    expect(outcome(await ask(begun.proof))).toBe('401 auth.login.invalid');
  });
});

describe('SR-86 a lock of the codes by mail', () => {
  it('SR-20 is told to ledger, house and user, as are refusals because of it', async () => {
    const account = await colleague();
    const mine = await session(account);
    await miss(await half(account), 5);
    const lock = { userId: account.id, pool: 'LOCK_POOL_EMAILED_CODES', failures: 5 };
    expect(await lockedEvents(account)).toMatchObject([{ data: lock }]);
    expect(await blockedMails(account)).toMatchObject([{ params: { minutes: '1' } }]);
    const before = await toldAbout(auth, account.id);
    expect(before.filter((one) => one === 'auth.sign_in.locked')).toHaveLength(1);
    for (let tries = 0; tries < 3; tries += 1) await stepUp(mine, mine.code);
    expect((await ask(await begin(account))).status).toBe(429);
    const told = (await toldAbout(auth, account.id)).slice(before.length);
    expect(told.filter((one) => /locked/i.test(one))).toEqual([
      'auth.sign_in.locked locked',
      'auth.sign_in_failed.v1 SIGN_IN_FAILURE_REASON_LOCKED',
    ]);
  });

  it('is told of at a step-up too, and by mail once a series', async () => {
    const account = await colleague();
    const mine = await session(account);
    for (let tries = 0; tries < 5; tries += 1) await stepUp(mine, otherThan(mine.code));
    auth.clock.advance(61_000);
    await stepUp(mine, otherThan(mine.code));
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.sign_in.locked')).toHaveLength(2);
    expect(await lockedEvents(account)).toMatchObject([{ data: { failures: 5 } }, { data: { failures: 6 } }]);
    expect(await blockedMails(account)).toHaveLength(1);
  });
});

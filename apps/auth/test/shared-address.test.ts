import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { freshEmail, register, registration, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';

// Many people behind one address, as in an office or behind a carrier's NAT; one of them is a stranger to the others.
const auth = await startAuth({ env: { RATE_LIMIT_IP_MULTIPLIER: '1' } });
const headers = { 'x-forwarded-for': '198.51.100.7' };

const send = (path: string, body: object) => post(auth, path, body, { headers });

async function statusesOf(count: number, request: (number: number) => Promise<Answer>): Promise<Set<number>> {
  return new Set(winners(await raceOf(count, request)).map(({ status }) => status));
}

describe('SR-14 behind one client address', () => {
  it('the second halves of a sign-in stay open, whoever asks for some that there are not', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [totpFactor];
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    const made = () => send('/v1/auth/login/challenge', { loginId: uuidv7(), factorId: totpFactor.id });
    expect(await statusesOf(90, made)).toEqual(new Set([401]));
    for (let customer = 0; customer < 70; customer += 1) {
      const { loginId } = (await signIn(auth, account)).body;
      const { body } = await send('/v1/auth/login/challenge', { loginId, factorId: totpFactor.id });
      const proof = { loginId, challengeId: body.challengeId, response: { code: '123456' } };
      expect((await send('/v1/auth/login/verify', proof)).status).toBe(200);
    }
    auth.neighbours.factors = [];
  });

  it('sessions go on, whoever sends tokens that there are not', async () => {
    const { refreshToken, device } = await register(auth);
    const made = () => send('/v1/auth/token/refresh', { refreshToken: `rt_${uuidv7()}.x` });
    expect(await statusesOf(610, made)).not.toContain(429);
    expect((await send('/v1/auth/token/refresh', { refreshToken, device: { secret: device.secret } })).status).toBe(
      200,
    );
  });

  it('people register and find a way back after forty others did each, SR-18 and a hundred and twenty are all', async () => {
    const asks = {
      '/v1/auth/register': () => registration(freshEmail()),
      '/v1/auth/password/forgot': () => ({ identifier: freshEmail() }),
      '/v1/auth/recovery': () => ({ identifier: freshEmail() }),
    };
    for (const [path, body] of Object.entries(asks)) {
      expect(await statusesOf(40, () => send(path, body())), path).toEqual(new Set([202]));
    }
    // SR-18: the mail that all these cause is one flood, whichever path it is caused on.
    for (const [path, body] of Object.entries({
      ...asks,
      '/v1/auth/register/resend': () => ({ registrationId: uuidv7() }),
    })) {
      expect((await send(path, body())).status, path).toBe(429);
    }
  });

  it('SR-18 what all of an IPv6 /48 may have written to strangers leaves others a share of the mail', async () => {
    const [perAddress, networks, anHour] = [120, 4, 6];
    const window = { points: perAddress * networks, windowSeconds: 600 };
    await auth.ctx.rateLimits.consume('letters:address:2001:db8:48::/48', window, window.points - 1);
    const ask = (network: number) => {
      const from = { headers: { 'x-forwarded-for': `2001:db8:48:${network}::1` } };
      return post(auth, '/v1/auth/password/forgot', { identifier: freshEmail() }, from);
    };
    expect([(await ask(1)).status, (await ask(2)).status]).toEqual([202, 429]);
    expect(window.points * anHour).toBeLessThan(auth.ctx.config.EMAILS_PER_HOUR / 4);
  });
});

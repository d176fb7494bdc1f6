import { randomBytes } from 'node:crypto';
import { UserService } from '@bank/proto/user';
import { createPasswordHasher, defaultArgon2Parameters, staticKeyring } from '@bank/security';
import { raceOf, winners } from '@bank/testing';
import { expect, it } from 'vitest';
import { freshEmail, register, registration, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { operatorCallers } from './support/password-paths.ts';
import { clientAs } from './support/rpc.ts';
import { activate, tokenOfLink } from './support/staff.ts';

const pepper = staticKeyring('pepper', { k1: randomBytes(32) }, 'k1');
const parameters = defaultArgon2Parameters;
const hasher = createPasswordHasher({ pepper, parameters, concurrency: 1, queueMax: 8 });
const auth = await startAuth({ hasher, callers: operatorCallers });

it('SR-9 however many register at once, whoever signs in finds a place, and they are told when to come back', {
  timeout: 60_000,
}, async () => {
  const account = await register(auth);
  const answers = winners(
    await raceOf(48, (number) =>
      number % 12 === 11 ? signIn(auth, account) : post(auth, '/v1/auth/register', registration(freshEmail())),
    ),
  );
  const signIns = answers.filter((_, number) => number % 12 === 11);
  expect(signIns.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(20);
  for (const { body, headers } of refused) {
    expect(body.code).toBe('service.overloaded');
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
  }
  expect((await post(auth, '/v1/auth/register', registration(freshEmail()))).status).toBe(202);
});

it('SR-9 whoever was invited stands in line with users: their link is good while strangers register', {
  timeout: 60_000,
}, async () => {
  const ops = await clientAs(auth, 'ops', UserService);
  const { activationUrl } = await ops.createFirstAdmin({ email: freshEmail() });
  const answers = winners(
    await raceOf(48, (number) =>
      number === 40
        ? activate(auth, tokenOfLink(activationUrl))
        : post(auth, '/v1/auth/register', registration(freshEmail())),
    ),
  );
  expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(20);
  expect(answers[40]?.status).toBe(200);
});

import { uuidv7 } from '@bank/domain';
import { type Account, codeFor, freshEmail, password, register, registration, signIn, steppedUp } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';
import { freshPhone } from './messages.ts';
import { totpFactor } from './neighbours.ts';
import { passkeySignIn } from './passkeys.ts';
import { smsCode } from './phones.ts';

/**
 * Every route that takes a secret, and what bounds guessing there. `pool`: the consecutive failures of the user, or of nobody, that
 * every presentation of a password shares. `address`: the failures of the client's address, which all guesses share. `own`: tries
 * of the one code. `entropy`: at least 128 random bits, which nobody guesses. `chosen`: a new password, which opens nothing yet.
 */
export const secretPaths: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /v1/auth/register': { password: 'chosen' },
  'POST /v1/auth/register/verify': { code: 'own, address' },
  'POST /v1/auth/activate': { activationToken: 'entropy', password: 'chosen' },
  'POST /v1/auth/login': { password: 'pool, address' },
  'POST /v1/auth/passkey/verify': { response: 'entropy, address' },
  'POST /v1/auth/login/verify': { response: 'own, address', recoveryCode: 'own, address' },
  'POST /v1/auth/token/refresh': { refreshToken: 'entropy' },
  'POST /v1/auth/step-up/verify': { password: 'pool, address', response: 'own, address', code: 'pool, own, address' },
  'POST /v1/auth/password/reset': { token: 'entropy', password: 'chosen, own' },
  'POST /v1/auth/password/change': { currentPassword: 'pool, address', newPassword: 'chosen' },
  'POST /v1/auth/recovery/complete': { token: 'entropy', recoveryCode: 'own, address' },
  'POST /v1/auth/recovery/cancel': { token: 'entropy' },
  'POST /v1/auth/email/verify': { code: 'own, address' },
  'POST /v1/auth/email/revert': { token: 'entropy' },
  'POST /v1/auth/phone/verify': { code: 'own, address' },
};

/** Presents a wrong secret, from an address. */
type Guess = (address: string) => Promise<Answer>;

const wrongPassword = 'not the right one';
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
const from = (address: string, token?: string) => ({
  headers: { 'x-forwarded-for': address },
  ...(token === undefined ? {} : { token }),
});

type Guesses = Readonly<Record<string, () => Promise<Guess>>>;

/** One way of guessing for every kind of secret that could be guessed, each made ready for a first guess. */
export function guessesOf(auth: TestAuth): Guesses {
  return { ...passwords(auth), ...secondHalves(auth), ...stepUps(auth), ...addresses(auth) };
}

function passwords(auth: TestAuth): Guesses {
  return {
    'login, nobody': async () => (address) =>
      post(auth, '/v1/auth/login', { identifier: freshEmail(), password }, from(address)),
    'login, a number of nobody': async () => (address) =>
      post(auth, '/v1/auth/login', { identifier: freshPhone(), password }, from(address)),
    'login, a wrong password': async () => {
      const { email } = await register(auth);
      return (address) => post(auth, '/v1/auth/login', { identifier: email, password: wrongPassword }, from(address));
    },
  };
}

function secondHalves(auth: TestAuth): Guesses {
  const pending = async (factors: (typeof totpFactor)[]) => {
    const account = await register(auth);
    auth.neighbours.factors = factors;
    auth.neighbours.verdict = 'challenge';
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.verdict = 'allow';
    return { account, loginId: loginId as string };
  };
  return {
    'login/verify, a factor': async () => {
      const { loginId } = await pending([totpFactor]);
      auth.neighbours.proof = { kind: 'wrong' };
      const response = { code: '000000' };
      return (address) =>
        post(auth, '/v1/auth/login/verify', { loginId, challengeId: uuidv7(), response }, from(address));
    },
    'passkey/verify': async () => {
      auth.neighbours.passkey = { kind: 'wrong' };
      return (address) => passkeySignIn(auth, {}, from(address));
    },
    'login/verify, a recovery code': async () => {
      const { loginId } = await pending([totpFactor]);
      auth.neighbours.proof = { kind: 'wrong' };
      const recoveryCode = 'AAAA-BBBB-CCCC-DDDD';
      return (address) => post(auth, '/v1/auth/login/verify', { loginId, recoveryCode }, from(address));
    },
    'login/verify, an emailed code': async () => {
      const { account, loginId } = await pending([]);
      const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).body;
      const response = { code: wrong(await codeFor(auth, account.id)) };
      return (address) => post(auth, '/v1/auth/login/verify', { loginId, challengeId, response }, from(address));
    },
  };
}

function stepUps(auth: TestAuth): Guesses {
  return {
    'step-up/verify, a password': async () => {
      const { accessToken } = await register(auth);
      return (address) =>
        post(auth, '/v1/auth/step-up/verify', { password: wrongPassword }, from(address, accessToken));
    },
    'step-up/verify, an emailed code': async () => {
      const account = await register(auth);
      const { accessToken, sessionId } = (await signIn(auth, account)).body;
      await post(auth, '/v1/auth/step-up/challenge', { factorId: sessionId }, { token: accessToken });
      const code = wrong(await codeFor(auth, account.id));
      return (address) => post(auth, '/v1/auth/step-up/verify', { password, code }, from(address, accessToken));
    },
    'step-up/verify, a factor': async () => {
      const { accessToken } = await register(auth);
      auth.neighbours.proof = { kind: 'wrong' };
      const proof = { challengeId: uuidv7(), response: { code: '000000' } };
      return (address) => post(auth, '/v1/auth/step-up/verify', proof, from(address, accessToken));
    },
    'password/change': async () => {
      const { accessToken } = await register(auth);
      const change = { currentPassword: wrongPassword, newPassword: 'another horse another staple' };
      return (address) => post(auth, '/v1/auth/password/change', change, from(address, accessToken));
    },
  };
}

function addresses(auth: TestAuth): Guesses {
  return {
    'register/verify': async () => {
      const email = freshEmail();
      const { registrationId } = (await post(auth, '/v1/auth/register', registration(email))).body;
      const code = wrong(await codeFor(auth, email));
      return (address) => post(auth, '/v1/auth/register/verify', { registrationId, code }, from(address));
    },
    'email/verify': async () => {
      const token = await steppedUp(auth, (await register(auth)).accessToken);
      const email = freshEmail();
      await post(auth, '/v1/auth/email/change', { email }, { token });
      const code = wrong(await codeFor(auth, email));
      return (address) => post(auth, '/v1/auth/email/verify', { code }, from(address, token));
    },
    'phone/verify': async () => {
      const token = await steppedUp(auth, (await register(auth)).accessToken);
      const phone = freshPhone();
      await post(auth, '/v1/auth/phone/change', { phone }, { token });
      const code = wrong(await smsCode(auth, phone));
      return (address) => post(auth, '/v1/auth/phone/verify', { code }, from(address, token));
    },
  };
}

/** Every way to present the password of somebody, from a known device. */
export function passwordPathsOf(auth: TestAuth) {
  type Owner = Account & { phone: string };
  type Present = (owner: Owner, presented: string) => Promise<Answer>;
  const paths: Readonly<Record<string, Present>> = {
    'login by address': ({ email, device: { secret } }, presented) =>
      post(auth, '/v1/auth/login', { identifier: email, password: presented, device: { secret } }),
    'login by number': ({ phone, device: { secret } }, presented) =>
      post(auth, '/v1/auth/login', { identifier: phone, password: presented, device: { secret } }),
    'step-up/verify': ({ accessToken: token }, presented) =>
      post(auth, '/v1/auth/step-up/verify', { password: presented }, { token }),
    'password/change': ({ accessToken: token }, presented) =>
      post(
        auth,
        '/v1/auth/password/change',
        { currentPassword: presented, newPassword: 'another horse another staple' },
        { token },
      ),
  };
  return paths;
}

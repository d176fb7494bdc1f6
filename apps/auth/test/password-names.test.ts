import { setTimeout as pause } from 'node:timers/promises';
import { rpcNeighbour } from '@bank/composition/testing';
import { type ProfileSchema, ProfileService } from '@bank/proto/profile';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { beforeEach, describe, expect, it } from 'vitest';
import { createNameDirectory } from '#adapters/names/name-directory.ts';
import { freshEmail, password, register, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { askForToken, newPassword, reset, toldAbout } from './support/passwords.ts';

const auth = await startAuth();
const { certificates, env } = auth.files;

let profile: { names: MessageInitShape<typeof ProfileSchema> | undefined; delayMs: number };
let asked: string[];

const baseUrl = await rpcNeighbour(certificates, 'profile', (router) =>
  router.service(ProfileService, {
    async batchGetProfiles({ userIds }) {
      asked.push(...userIds);
      await pause(profile.delayMs);
      return { profiles: profile.names === undefined ? [] : [profile.names] };
    },
  }),
);
const tls = {
  caFile: env['TLS_CA_FILE'] ?? '',
  certFile: env['TLS_CERT_FILE'] ?? '',
  keyFile: env['TLS_KEY_FILE'] ?? '',
};
const directoryAt = (url: string, options = {}) =>
  createNameDirectory({ baseUrl: url, serverUri: 'spiffe://bank/app/profile', tls, ...options });
const asks = (names: ReturnType<typeof createNameDirectory>) => Object.assign(auth.ctx, { names });

beforeEach(() => {
  asked = [];
  const names = { givenName: 'Ana María', middleName: 'Jo', familyName: 'Köhler-Ötztal', preferredName: 'Mariquita' };
  profile = { names, delayMs: 0 };
  asks(directoryAt(baseUrl));
});

/** The ways to another password of somebody whom profile knows, each with the field that a problem is told under. */
const ways = [
  {
    name: 'change',
    field: 'newPassword',
    async choose(chosen: string) {
      const { id, accessToken: token } = await register(auth);
      const body = { currentPassword: password, newPassword: chosen };
      return { id, answer: await post(auth, '/v1/auth/password/change', body, { token }) };
    },
  },
  {
    name: 'reset',
    field: 'password',
    async choose(chosen: string) {
      const account = await register(auth);
      return { id: account.id, answer: await reset(auth, await askForToken(auth, account), chosen) };
    },
  },
];

describe.each(ways)('SR-6 the names of the user at a $name', ({ choose, field }) => {
  it.each([
    ['the given name', 'violet maria tractor'],
    ['the family name in capitals, without its dots', 'tractor KOHLER tractor'],
    ['the family name in digits and signs', 'violet 0tzt@l tractor'],
    ['what they are called', 'mariquita tractors'],
  ])('422 for %s', async (_, chosen) => {
    const { id, answer } = await choose(chosen);
    expect([answer.status, answer.body.code]).toEqual([422, 'auth.password.unacceptable']);
    expect(answer.body.errors).toEqual([{ path: field, rule: 'context_word' }]);
    expect(asked).toEqual([id]);
  });

  it('204 for one that holds none of four letters', async () => {
    expect((await choose('joan of arc, anabaptist')).answer.status).toBe(204);
  });

  it('204 while profile is away, and where it takes too long', async () => {
    profile.delayMs = 3000;
    const startedAt = performance.now();
    expect((await choose('violet maria tractor')).answer.status).toBe(204);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    asks(directoryAt('https://localhost:1'));
    expect((await choose('violet maria tractor')).answer.status).toBe(204);
  });

  it('204 for whom profile does not know', async () => {
    profile.names = undefined;
    expect((await choose('violet maria tractor')).answer.status).toBe(204);
  });

  it('profile is not asked about a password that breaks another rule', async () => {
    expect((await choose('password1234')).answer.body.errors).toEqual([{ path: field, rule: 'listed' }]);
    expect(asked).toEqual([]);
  });
});

describe('SR-13 a reset that is refused for words of the user', () => {
  it('is a try of the link: the fifth ends it, profile is asked no more, and the ledger is told of each', async () => {
    const account = await register(auth);
    const token = await askForToken(auth, account);
    const [local] = account.email.split('@');
    for (const chosen of [`violet ${local}`, ...Array(4).fill('violet maria tractor')]) {
      expect((await reset(auth, token, chosen)).body.errors).toEqual([{ path: 'password', rule: 'context_word' }]);
    }
    expect((await reset(auth, token, 'violet maria tractor')).body.code).toBe('auth.verification.invalid');
    expect(asked).toHaveLength(5);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.password.reset_failed context_word')).toHaveLength(5);
  });
});

describe('SR-6 names, before it is known who asks', () => {
  it('SR-15 profile is not asked at a registration, nor for a link that is not right', async () => {
    await post(auth, '/v1/auth/register', registration(freshEmail()));
    const account = await register(auth);
    const token = await askForToken(auth, account);
    const forged = token.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    expect((await reset(auth, forged, newPassword)).body.code).toBe('auth.verification.invalid');
    expect(asked).toEqual([]);
  });
});

describe('names', () => {
  it('are those that profile knows, and a service that does not answer is left alone', async () => {
    const names = directoryAt(baseUrl, { breaker: { failures: 1, openMs: 60_000 } });
    expect(await names.of('u1')).toEqual(['Ana María', 'Jo', 'Köhler-Ötztal', 'Mariquita']);
    profile.names = { givenName: 'Ana' };
    expect(await names.of('u1')).toEqual(['Ana']);
    profile.delayMs = 3000;
    const startedAt = performance.now();
    expect(await names.of('u1')).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(await names.of('u1')).toEqual([]);
    expect(asked).toHaveLength(3);
  });
});

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock, uuidv7 } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { createRevocationChannel } from '@bank/redis';
import { createRpcClient, defineRpc, type RpcMethods } from '@bank/service-kit';
import { until } from '@bank/testing';
import type { Verifier } from '@bank/verifier';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audiences, createTokenVerifier, type Foundations } from '#index.ts';
import { type TestEnvironment, type TestIssuer, testEnvironment, testIssuer } from '#testing/index.ts';
import { type BareApp, bare, bareApp } from './bare-app.ts';

const methods = ['ListPublicKeys', 'ListRevocations', 'IntrospectToken'].map(
  (name) => `bank.auth.v1.AuthService/${name}`,
);
const callers = { 'spiffe://bank/app/device': { name: 'device', methods } };
const revoked = { session: uuidv7(), user: uuidv7(), later: uuidv7() };

let environment: TestEnvironment;
let issuer: TestIssuer;
let auth: BareApp;
let asking: BareApp;
let verifier: Verifier;
/** What auth's answer with keys waits for, how often it was asked for them, and what a call to it does meanwhile. */
const keys = { pauseMs: 0, asked: 0, duringCall: async (): Promise<unknown> => undefined };
/** What auth's answer with revocations waits for. */
const revocations = { pauseMs: 0 };

beforeAll(async () => {
  environment = await testEnvironment({ ...bare, callers });
  issuer = testIssuer({ issuer: 'https://id.bank.test' });
  auth = await authLike('spiffe://bank/app/auth');
  asking = await bareApp(environment.env);
  verifier = await verifierOf(asking.ctx, auth);
});
afterAll(async () => {
  await verifier.stop();
  await Promise.all([auth.service.stop(), asking.service.stop()]);
});

/** A service that gives the issuer's keys, and revocations one a page, under a certificate for that URI. */
async function authLike(uri: string, variables: Readonly<Record<string, string>> = {}): Promise<BareApp> {
  const leaf = await environment.certificates.issue({ name: uri.replace(/\W+/g, '-'), uris: [uri] });
  const env = { ...environment.env, TLS_CERT_FILE: leaf.certFile, TLS_KEY_FILE: leaf.keyFile, ...variables };
  const app = await bareApp(env, { rpc: [authRpc()] });
  await app.service.start();
  return app;
}

function authRpc() {
  const until = Date.now() + 600_000;
  const entry = { notBefore: timestampFromMs(until), expiresAt: timestampFromMs(until) };
  const entries = [
    { ...entry, number: 1n, target: { case: 'sessionId' as const, value: revoked.session } },
    { ...entry, number: 2n, target: { case: 'userId' as const, value: revoked.user } },
  ];
  const notServed = {
    access: 'service',
    handle: async () => Promise.reject(new Error('nobody asks for this')),
  } as const;
  const rest = Object.fromEntries(AuthService.methods.map(({ localName }) => [localName, notServed]));
  return defineRpc<Foundations, typeof AuthService>(AuthService, {
    ...(rest as unknown as RpcMethods<Foundations, typeof AuthService>),
    introspectToken: {
      access: 'service',
      async handle() {
        await keys.duringCall();
        return {};
      },
    },
    listPublicKeys: {
      access: 'service',
      async handle() {
        keys.asked += 1;
        await pause(keys.pauseMs);
        return { keys: [...issuer.jwks.keys], maxAgeSeconds: 300 };
      },
    },
    listRevocations: {
      access: 'service',
      async handle(_ctx, { epoch, sinceNumber }) {
        await pause(revocations.pauseMs);
        const since = epoch === 1n ? Number(sinceNumber) : 0;
        const page = entries.slice(since, since + 1);
        return { epoch: 1n, number: BigInt(since + page.length), entries: page, hasMore: since + 1 < entries.length };
      },
    },
  });
}

function verifierAt(ctx: Foundations, rpcPort: number): Verifier {
  return createTokenVerifier(ctx, { ...asking.config, AUTH_RPC_URL: `https://localhost:${rpcPort}` });
}

async function verifierOf(ctx: Foundations, { service }: BareApp): Promise<Verifier> {
  const made = verifierAt(ctx, service.rpcPort);
  await made.start();
  return made;
}

describe('an access token', () => {
  test('is good by the keys that auth publishes', async () => {
    const userId = uuidv7();
    const claims = await verifier.verify(issuer.token({ userId }));
    expect(claims).toMatchObject({ sub: userId, aud: audiences.customers });
  });

  test('SR-46: is void when auth revoked its session or its user before this process began', async () => {
    const ofSession = verifier.verify(issuer.token({ sessionId: revoked.session }));
    await expect(ofSession).rejects.toMatchObject({ code: 'auth.token.invalid' });
    const ofUser = verifier.verify(issuer.token({ userId: revoked.user }));
    await expect(ofUser).rejects.toMatchObject({ code: 'auth.token.invalid' });
  });

  test('SR-46: is void as soon as a revocation is pushed', async () => {
    const token = issuer.token({ sessionId: revoked.later });
    await verifier.verify(token);
    const expiresAt = systemClock.now().getTime() + 600_000;
    const entries = [{ number: 3, sid: revoked.later, notBefore: expiresAt, expiresAt }];
    await createRevocationChannel(auth.ctx.redis).publish({ epoch: 1, number: 3, entries });
    await until(() =>
      verifier.verify(token).then(
        () => false,
        ({ code }) => code === 'auth.token.invalid',
      ),
    );
  });
});

async function measured({ ctx }: BareApp, name: string): Promise<number> {
  const line = (await ctx.metrics.text()).split('\n').find((text) => text.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1));
}

test('the metrics tell when the publisher of revocations was last heard', async () => {
  const silence = () => measured(asking, 'revocation_feed_silence_seconds');
  await until(async () => (await silence()) > 0.5);
  await until(async () => {
    await createRevocationChannel(auth.ctx.redis).publish({ epoch: 1, number: 3, entries: [] });
    return (await silence()) < 0.5;
  });
});

test('SR-68: revocations are believed from auth alone, and the metrics tell that they are not known', async () => {
  const impostor = await authLike('spiffe://bank/app/profile');
  const other = await bareApp(environment.env);
  const misled = await verifierOf(other.ctx, impostor);
  await expect(misled.verify(issuer.token())).rejects.toMatchObject({ code: 'service.unavailable' });
  expect(await measured(other, 'revocation_feed_current')).toBe(0);
  await misled.stop();
  await Promise.all([other.service.stop(), impostor.service.stop()]);
});

test('SR-46: revocations are asked for until they are known, also when the request that began it has no more time', async () => {
  const begun = verifierAt(asking.ctx, auth.service.rpcPort);
  revocations.pauseMs = 600;
  await expect(whileCalled(() => begun.start())).rejects.toMatchObject({ code: 'service.deadline' });
  await pause(600); // what was asked within the call has failed by now
  revocations.pauseMs = 0;
  await expect(until(() => begun.verify(issuer.token()))).resolves.toMatchObject({ aud: audiences.customers });
  await begun.stop();
});

/** Does something while a call is answered that has 300 ms. */
async function whileCalled(work: () => Promise<unknown>): Promise<unknown> {
  const { TLS_CA_FILE: caFile, TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = asking.config;
  const baseUrl = `https://localhost:${auth.service.rpcPort}`;
  const client = createRpcClient(AuthService, { baseUrl, tls: { caFile, certFile, keyFile } });
  keys.duringCall = work;
  return client.introspectToken({}, { timeoutMs: 300 });
}

describe('SR-68 the public keys', () => {
  test('are believed from auth alone: who answers in its place gives none', async () => {
    const impostor = await authLike('spiffe://bank/app/profile');
    const misled = await verifierOf(asking.ctx, impostor);
    const asked = keys.asked;
    await expect(misled.ping()).rejects.toThrow('public keys of the token issuer are not known');
    expect(keys.asked).toBe(asked);
    await misled.stop();
    await impostor.service.stop();
  });

  test('are asked for until auth is there, by an app that was started before it', async () => {
    const rpcPort = await freePort();
    const early = verifierAt(asking.ctx, rpcPort);
    await early.start();
    // As often as would open a circuit.
    for (let probe = 0; probe < 5; probe += 1) await expect(early.ping()).rejects.toThrow('public keys');
    const late = await authLike('spiffe://bank/app/auth', { RPC_PORT: String(rpcPort) });
    const asked = keys.asked;
    await early.ping().catch(() => undefined); // the feed may need a moment more
    expect(keys.asked).toBe(asked + 1);
    await until(() => early.ping().then(() => true));
    await expect(early.verify(issuer.token())).resolves.toMatchObject({ aud: audiences.customers });
    await early.stop();
    await late.service.stop();
  });

  test('are read to the end for everybody who waits, also when the request that began it has no more time', async () => {
    const begun = verifierAt(asking.ctx, auth.service.rpcPort);
    const asked = keys.asked;
    keys.pauseMs = 600;
    await expect(whileCalled(() => begun.start())).rejects.toMatchObject({ code: 'service.deadline' });
    keys.pauseMs = 0;
    await expect(until(() => begun.verify(issuer.token()))).resolves.toMatchObject({ aud: audiences.customers });
    expect(keys.asked).toBe(asked + 1);
    await begun.stop();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

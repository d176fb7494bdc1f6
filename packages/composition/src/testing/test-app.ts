import { readFileSync } from 'node:fs';
import { createRpcClient, type Service, type TlsFiles } from '@bank/service-kit';
import type { TestCertificates } from '@bank/testing';
import type { DescService } from '@bufbuild/protobuf';
import type { Client, Transport } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll } from 'vitest';
import type { Foundations, Overrides } from '#foundations.ts';
import { type AppUnderTest, type TestEnvironment, testEnvironment } from '#testing/test-environment.ts';
import { type TestIssuer, testIssuer } from '#testing/test-issuer.ts';

/** What an app is started with: the functions of its `config.ts`, `context.ts` and `service.ts`. */
export interface StartableApp<Config, C> extends AppUnderTest {
  loadConfig(env: NodeJS.ProcessEnv): Config;
  createContext(config: Config): Promise<C>;
  createService(config: Config, overrides: Overrides): Promise<Service>;
}

/** The app of one test file. Its members are there once the tests run. */
export interface TestApp<C> extends TestEnvironment {
  readonly service: Service;
  readonly issuer: TestIssuer;
  /** A context of its own, for calling features directly. */
  readonly ctx: C;
  /** A client of the app's RPC port, with a certificate for that SAN URI; the same one whenever it is asked for. */
  client<S extends DescService>(service: S, callerUri: string): Promise<Client<S>>;
  /** The bare transport to the RPC port, with such a certificate: it repeats nothing and translates no error. */
  transport(callerUri: string): Promise<Transport>;
}

/** Starts an app before the tests of a file, on services of its own, and stops it after them. */
export function testApp<Config extends { readonly TOKEN_ISSUER: string }, C extends Foundations>(
  parts: StartableApp<Config, C>,
): TestApp<C> {
  const app = {} as Mutable<TestApp<C>>;
  beforeAll(async () => {
    Object.assign(app, await testEnvironment(parts));
    await startApp(app, parts);
  });
  afterAll(async () => {
    await app.service?.stop();
    await closeContext(app.ctx);
    app.broker?.release();
  });
  return app;
}

const shared = new Map<string, Promise<object>>();

/**
 * The app that the files of a worker share, which is started for the first of them and goes on to the end of the run: a file
 * is spared a database, a virtual host and a start. For files whose tests make what they need, and ask for nothing else in the
 * tables. Whoever changes the app's rows or neighbours for all, or counts what all of them hold, starts one of its own.
 */
export function sharedApp<Config extends { readonly TOKEN_ISSUER: string }, C extends Foundations>(
  name: string,
  partsOf: () => StartableApp<Config, C> | Promise<StartableApp<Config, C>>,
): TestApp<C> {
  const app = {} as TestApp<C>;
  beforeAll(async () => {
    const running = shared.get(name) ?? startShared(partsOf);
    shared.set(name, running);
    Object.assign(app, await running);
  });
  return app;
}

async function startShared<Config extends { readonly TOKEN_ISSUER: string }, C extends Foundations>(
  partsOf: () => StartableApp<Config, C> | Promise<StartableApp<Config, C>>,
): Promise<TestApp<C>> {
  const parts = await partsOf();
  const app = { ...(await testEnvironment(parts)) } as Mutable<TestApp<C>>;
  await startApp(app, parts);
  return app;
}

// Tests that make the app fail are no reason to stop asking it.
const patient = { deadlineMs: 10_000, breaker: { failures: 1_000_000 } };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Starts the app in its environment, and fills in what a test does with it. */
async function startApp<Config extends { readonly TOKEN_ISSUER: string }, C extends Foundations>(
  app: Mutable<TestApp<C>>,
  parts: StartableApp<Config, C>,
): Promise<void> {
  const config = parts.loadConfig(app.env);
  app.issuer = testIssuer({ issuer: config.TOKEN_ISSUER });
  app.ctx = await parts.createContext(config);
  app.service = await parts.createService(config, { verifier: app.issuer.verifier });
  await app.service.start();
  const baseUrl = `https://localhost:${app.service.rpcPort}`;
  const serverUri = `spiffe://bank/app/${parts.service}`;
  const clients = new Map<string, unknown>();
  app.client = async <S extends DescService>(service: S, callerUri: string) => {
    const tls = await identityOf(app, callerUri);
    const key = `${callerUri} ${service.typeName}`;
    const client = clients.get(key) ?? createRpcClient(service, { baseUrl, serverUri, tls, ...patient });
    clients.set(key, client);
    return client as Client<S>;
  };
  app.transport = async (callerUri) => {
    const nodeOptions = contentsOf(await identityOf(app, callerUri));
    return createConnectTransport({ baseUrl, httpVersion: '1.1', nodeOptions });
  };
}

const issued = new WeakMap<TestCertificates, Map<string, ReturnType<TestCertificates['issue']>>>();

async function identityOf({ certificates }: TestEnvironment, uri: string): Promise<TlsFiles> {
  const leaves = issued.get(certificates) ?? new Map<string, ReturnType<TestCertificates['issue']>>();
  issued.set(certificates, leaves);
  const issuing = leaves.get(uri) ?? certificates.issue({ name: uri.replace(/\W+/g, '-'), uris: [uri] });
  leaves.set(uri, issuing);
  const leaf = await issuing;
  return { caFile: certificates.caFile, certFile: leaf.certFile, keyFile: leaf.keyFile };
}

function contentsOf({ caFile, certFile, keyFile }: TlsFiles) {
  return { ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** A context that belongs to no service is closed by who made it. */
async function closeContext(ctx: Foundations | undefined): Promise<void> {
  await ctx?.database.close();
  await ctx?.redis.close();
  ctx?.keyrings.close();
}

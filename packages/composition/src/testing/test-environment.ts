import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMigrator, type Entities, type NamedMigration, provisionStatements } from '@bank/database';
import { Secret } from '@bank/domain';
import { type App, vhostDefinitions } from '@bank/messaging';
import { DataRightsService } from '@bank/proto/data-rights';
import {
  beginning,
  type TestCertificates,
  type TestDatabase,
  type TestRabbitVhost,
  temporaryFolder,
  testCertificates,
  testDatabase,
  testRabbitVhost,
  testRedis,
} from '@bank/testing';
import pg from 'pg';

/** What an app hands in to be tested. */
export interface AppUnderTest {
  readonly service: App;
  readonly entities: Entities;
  readonly migrations: readonly NamedMigration[];
  /** Who may call the app's RPC port: SAN URI → name and methods. */
  readonly callers?: Readonly<
    Record<string, { name: string; methods: readonly string[]; audiences?: readonly string[] }>
  >;
  /** Variables beside the common ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** The authority that signs its certificate, when neighbours that the test serves have theirs from it; else one of its own. */
  readonly certificates?: TestCertificates;
}

/** Real services for one test file, and the environment that leads an app to them. */
export interface TestEnvironment {
  readonly env: Readonly<Record<string, string>>;
  readonly database: TestDatabase;
  readonly broker: TestRabbitVhost;
  readonly certificates: TestCertificates;
}

const dataRightsCaller = 'spiffe://bank/app/profile';
const dataRightsMethods = DataRightsService.methods.map(({ name }) => `${DataRightsService.typeName}/${name}`);
const password = 'test';
const keyringNames = [
  ...['kek', 'blind-index', 'pepper', 'delivery', 'refresh', 'limits', 'cursor', 'idempotency', 'proof-nonce', 'links'],
];

/** A migrated database, a virtual host with the queues of the app, keys and certificates: all of the test file's own. */
export async function testEnvironment(app: AppUnderTest): Promise<TestEnvironment> {
  const { service } = app;
  const [database, broker, certificates] = await Promise.all([
    migratedDatabase(app),
    testRabbitVhost({ definitions: vhostDefinitions({ app: service, retryDelaysMs: [50, 50, 50, 50] }) }),
    app.certificates ?? testCertificates(),
  ]);
  const leaf = await certificates.issue({ name: service, uris: [`spiffe://bank/app/${service}`] });
  const redis = testRedis();
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    HTTP_PORT: '0',
    RPC_PORT: '0',
    ...database.variablesFor(`${service}_app`, password),
    DATABASE_POOL_MAX: '10',
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: redis.keyPrefix,
    RABBITMQ_URL: broker.url,
    TLS_CA_FILE: certificates.caFile,
    TLS_CERT_FILE: leaf.certFile,
    TLS_KEY_FILE: leaf.keyFile,
    RPC_CALLERS_FILE: callersFile(withDataRights(app.callers ?? {})),
    TOKEN_ISSUER: 'https://id.bank.test',
    AUTH_RPC_URL: 'https://127.0.0.1:1',
    KEYRING_DIR: keyringFolder(),
    TRUSTED_PROXIES: '127.0.0.1/32',
    SHUTDOWN_DELAY_MS: '0',
    ...app.env,
  };
  return { env, database, broker, certificates };
}

function migratedDatabase({ service, entities, migrations }: AppUnderTest): Promise<TestDatabase> {
  return testDatabase({
    name: service,
    contents: migrations.map(({ name, class: migration }) => `${name} ${migration.toString()}`),
    async provision(adminUrl, database) {
      const secret = new Secret(password);
      await runAll(adminUrl, provisionStatements({ database, schemas: { [service]: { owner: secret, app: secret } } }));
      const ownerUrl = new URL(adminUrl);
      ownerUrl.username = `${service}_owner`;
      ownerUrl.password = password;
      const migrator = await createMigrator({
        ownerUrl: new Secret(ownerUrl.href),
        schema: service,
        entities,
        migrations,
      });
      await migrator.up();
      // Tables of another release may have more than this one's entities say.
      const difference = beginning() === undefined ? await migrator.check() : [];
      await migrator.close();
      if (difference.length > 0) {
        throw new Error(`the entities of ${service} are not what its migrations made:\n${difference.join('\n')}`);
      }
    },
  });
}

async function runAll(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Every app serves the rights of people, and profile alone asks for them. */
function withDataRights(callers: NonNullable<AppUnderTest['callers']>): NonNullable<AppUnderTest['callers']> {
  const own = callers[dataRightsCaller];
  return {
    ...callers,
    [dataRightsCaller]: { ...own, name: 'profile', methods: [...dataRightsMethods, ...(own?.methods ?? [])] },
  };
}

function callersFile(callers: NonNullable<AppUnderTest['callers']>): string {
  const file = join(temporaryFolder('callers'), 'callers.json');
  writeFileSync(file, JSON.stringify(callers));
  return file;
}

function keyringFolder(): string {
  const folder = temporaryFolder('keyrings');
  mkdirSync(folder, { recursive: true });
  for (const name of keyringNames) {
    const keys = { k1: randomBytes(32).toString('base64') };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ current: 'k1', keys }));
  }
  return folder;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type KeyringFolder, openKeyManagement, openKeyringFolder } from '@bank/composition/keys';
import { appendRow, connectDatabase, type Database } from '@bank/database';
import type { KeyManagement, Keyring } from '@bank/security';
import { baseEnv, ConfigError, readConfig } from '@bank/service-kit';
import * as v from 'valibot';
import type { OperatorRun } from '#ops/operator-run.ts';
import { environmentFile } from '#stack/apps/app-files.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { type AppName, appNames, isAppName } from '#stack/settings/apps.ts';
import { defaultStackFolder } from '#stack/settings/repository.ts';

/** An app whose keys are seen to, by the environment that it is started with. */
export interface AppKeys {
  readonly app: AppName;
  /** The file of a keyring. */
  fileOf(keyring: string): string;
  /** @throws KeyringInvalid, KeyManagementFailed */
  keyring(name: string): Promise<Keyring>;
  readonly keyManagement: KeyManagement | undefined;
  readonly database: Database;
  /** Tells the ledger what is done to keys of the app, by the app's own outbox. What it tells of is done once it resolves. @throws service.unavailable */
  tell(run: OperatorRun, details: Parameters<OperatorRun['rowOf']>[0]): Promise<void>;
}

/** What of an app's environment is needed here, judged as the app judges it. */
const Environment = v.object({
  NODE_ENV: baseEnv.NODE_ENV,
  DATABASE_URL: baseEnv.DATABASE_URL,
  DATABASE_CA_FILE: baseEnv.DATABASE_CA_FILE,
  KEYRING_DIR: baseEnv.KEYRING_DIR,
  KMS_PROVIDER: baseEnv.KMS_PROVIDER,
  KMS_KEY_ID: baseEnv.KMS_KEY_ID,
  KMS_REGION: baseEnv.KMS_REGION,
  KMS_ENDPOINT: baseEnv.KMS_ENDPOINT,
});

/** What goes wrong is thrown, and nothing is read twice. */
const silent = { info: () => undefined, error: () => undefined };

/** The apps that `--app` means: all of them without it. @throws StackError */
export function appsOf(app: string | undefined): readonly AppName[] {
  if (app !== undefined && !isAppName(app)) throw new StackError(`there is no app "${app}": ${appNames.join(', ')}`);
  if (app === undefined && process.env['KEYRING_DIR']) {
    throw new StackError('KEYRING_DIR is the folder of one app: say which with --app');
  }
  return app === undefined ? appNames : [app];
}

/**
 * Works with the keys of an app: that of this environment where it has a KEYRING_DIR, else that of the development stack.
 * @throws StackError
 */
export async function withApp<T>(app: AppName, work: (keys: AppKeys) => Promise<T>): Promise<T> {
  const config = readEnvironment(app);
  const keyManagement = await openKeyManagement(config);
  let opened: Promise<KeyringFolder> | undefined;
  const keyrings = () => {
    opened ??= openKeyringFolder(config, { app, keyManagement, logger: silent });
    return opened;
  };
  const database = await connectDatabase({
    ...{ url: config.DATABASE_URL, caFile: config.DATABASE_CA_FILE, schema: app },
    ...{ entities: [], poolMax: 2, service: 'ops' },
  });
  try {
    return await work({
      app,
      fileOf: (name) => keyringFileOf(config, name),
      keyring: async (name) => (await keyrings()).open(name),
      keyManagement,
      database,
      tell: (run, details) => appendRow(database, run.rowOf({ app, ...details })),
    });
  } finally {
    (await opened?.catch(() => undefined))?.close();
    await database.close();
  }
}

/** The file of a keyring of an app of the development stack. @throws StackError */
export function keyringFile(app: AppName, keyring: string): string {
  return keyringFileOf(readEnvironment(app), keyring);
}

/** The ids of the keys of a keyring that are not the current one. */
export function olderIds(keyring: Keyring): string[] {
  const [, ...older] = keyring.all();
  return older.map(({ id }) => id);
}

function keyringFileOf({ KEYRING_DIR: folder }: { readonly KEYRING_DIR: string }, keyring: string): string {
  return join(folder, `${keyring}.json`);
}

function readEnvironment(app: AppName): v.InferOutput<typeof Environment> {
  try {
    return readConfig(Environment, environmentOf(app));
  } catch (error) {
    throw error instanceof ConfigError ? new StackError(`the environment of ${app}: ${error.message}`) : error;
  }
}

function environmentOf(app: AppName): NodeJS.ProcessEnv {
  if (process.env['KEYRING_DIR']) return process.env;
  const file = environmentFile(defaultStackFolder, app);
  if (!existsSync(file))
    throw new StackError('no stack runs here: run "npm start", or give the environment of one app');
  return parseEnv(readFileSync(file, 'utf8'));
}

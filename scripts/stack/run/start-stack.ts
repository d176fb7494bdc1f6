import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AppSurroundings, appEnvironment } from '#stack/apps/app-environment.ts';
import { environmentFile, writeCallersFiles, writeEnvironmentFile } from '#stack/apps/app-files.ts';
import { type AppHandle, createAppHandle } from '#stack/apps/app-process.ts';
import { startSandbox } from '#stack/apps/sandbox.ts';
import { startBalancer } from '#stack/balancer/balancer.ts';
import { startGateway } from '#stack/gateway/gateway.ts';
import { failureOn } from '#stack/host/disk.ts';
import { dataFolderOf, removeData } from '#stack/host/service-user.ts';
import type { ManagedProcess, ProcessControl, ProcessExit, ProcessSpec } from '#stack/host/supervisor.ts';
import { operatorBroker, platformBroker, removeVhost } from '#stack/provisioning/broker.ts';
import { removeDatabase } from '#stack/provisioning/database.ts';
import { prepareServices, type RunOptions, secretsFolder } from '#stack/run/prepare.ts';
import { ownerAddress, provisionPostgres, provisionStores, type StoreContents } from '#stack/run/provision.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import { addressesOf } from '#stack/run/stack-addresses.ts';
import { type OpenStackFolder, openStackFolder } from '#stack/run/stack-folder.ts';
import { claimStackPorts, type StackPorts } from '#stack/run/stack-ports.ts';
import type { Stores } from '#stack/run/start-stores.ts';
import { checkpointsFolder, ensureCheckpointKeys } from '#stack/secrets/checkpoint-keys.ts';
import { ensureKeyrings } from '#stack/secrets/keyrings.ts';
import { type Addresses, addressesFile, writeAddresses } from '#stack/settings/addresses.ts';
import { type AppName, appNames, eachApp } from '#stack/settings/apps.ts';
import { type OperatorBroker, removeOperatorBroker, writeOperatorBroker } from '#stack/settings/operator-broker.ts';
import { type OwnerAddress, removeOwnerAddresses, writeOwnerAddresses } from '#stack/settings/owner-addresses.ts';
import { compiledFolder } from '#stack/settings/repository.ts';
import { dataPlaceFile, requireSamePlace } from '#stack/stores/data-place.ts';
import { startPooler } from '#stack/stores/pgbouncer.ts';
import { planStores, type StorePlan, type TestPrograms } from '#stack/stores/plan.ts';
import { beginStores } from '#stack/stores/stores.ts';

export interface StackOptions extends RunOptions {
  /** Names the database, the virtual host and the Redis keys; `bank` by default. */
  readonly name?: string;
  /** The apps to start, all by default; the others have handles as well and can be started later. */
  readonly apps?: readonly AppName[];
  /** Runs the apps from the bundles that `pnpm build` made, as production does; from their sources by default. */
  readonly bundled?: boolean;
  /** How often each app runs; what the settings say by default. */
  readonly replicas?: number;
  /** A database on the same server that a new one of the stack begins as a copy of; it holds the tables of every app. */
  readonly databaseTemplate?: string | undefined;
  /** Variables for every app, over those of the launcher. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running stack: stores, apps, sandbox and gateway as processes. */
export interface Stack {
  readonly addresses: Addresses;
  readonly stores: Stores;
  readonly apps: Readonly<Record<AppName, AppHandle>>;
  /** The environment of each app; of its first replica where there are several. */
  readonly environments: Readonly<Record<AppName, Readonly<Record<string, string>>>>;
  /** Where the owner role of each app's schema connects. */
  readonly owners: Readonly<Record<AppName, OwnerAddress>>;
  /** Where the operator commands reach its broker. */
  readonly operatorBroker: OperatorBroker;
  /** Every file that its processes write logs to. */
  logFiles(): readonly string[];
  /** Starts a further process that is stopped with the stack. */
  startProcess(spec: ProcessSpec): Promise<ManagedProcess>;
  /** A process of the stack, to be ended and started again: a store, `sandbox`, `gateway` or an app. */
  control(name: string): ProcessControl;
  /** Where a store of our own keeps what it stores. */
  dataFolder(store: 'postgres' | 'redis' | 'rabbitmq'): string;
  /** Makes a further database on its Postgres, with the empty tables of every app. Whoever made it removes it. */
  makeDatabase(name: string): Promise<void>;
  /** Called when a process ends that nobody stopped. */
  onUnexpectedExit(listener: (process: ManagedProcess, exit: ProcessExit) => void): void;
  stop(): Promise<void>;
  /** Stops the stack and removes its database and virtual host, which stores that others run would keep, and private stores unless told to keep them. */
  stopAndRemove(options?: { readonly keepStores?: boolean }): Promise<void>;
  /** SIGKILL to everything, for a person who will not wait. */
  kill(): void;
}

/**
 * Starts everything from nothing and resolves when every app is ready. When anything fails or the signal aborts, all that
 * was started is stopped again. @throws StackError with one line that names the cause
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = await openStackFolder(options);
  let failed = false;
  // The failure has the last word: services that were on their way when it happened say nothing any more.
  const report = (line: string) => (failed ? undefined : options.report?.(line));
  try {
    return await launch({ ...options, report }, folder);
  } catch (error) {
    failed = true;
    await folder.close();
    throw failureOn(options.folder, error);
  }
}

async function launch(options: StackOptions, folder: OpenStackFolder): Promise<Stack> {
  const { settings, name = 'bank', report = () => undefined } = options;
  const context = await prepareServices(options, folder.supervisor);
  prepareAppFiles(options.folder, name);
  const plan = planStores(settings, report, { testPrograms: programsOf(options) });
  const place = placeIn(options, plan);
  const ports = await claimStackPorts(context, options.replicas ?? settings.replicas);
  const starting = beginStores(plan, context);
  const [stores, accessLog] = await Promise.all([
    withPooler(provisionStores(starting, contentsOf(options, name), context), options, context),
    startGateway(plan.nginx, ports, variablesOf(options), context),
    startBalancer(ports, context),
    starting.rabbitmq.then((broker) => {
      return startSandbox(ports, platformBroker(broker, name, context.secrets.password), context);
    }),
  ]);
  place?.note();
  const replicaEnvironments = writeEnvironments(options, stores, ports, context);
  const environments = eachApp((app) => replicaEnvironments[app][0] ?? {});
  const handles = createHandles(replicaEnvironments, ports, context, options.bundled);
  await Promise.all((options.apps ?? appNames).map((app) => startApp(handles[app], context)));
  const owners = eachApp((app) => ownerAddress(app, stores.postgres, name, context.secrets));
  writeOwnerAddresses(secretsFolder(options.folder), owners);
  const operator = operatorBroker(stores.rabbitmq, name, context.secrets.password);
  writeOperatorBroker(secretsFolder(options.folder), operator);
  const addresses = addressesOf(stores, ports, context.tls);
  writeAddresses(options.folder, addresses);

  async function stop(): Promise<void> {
    forgetAddresses(options.folder);
    await folder.close();
  }
  return {
    addresses,
    stores,
    apps: handles,
    environments,
    owners,
    operatorBroker: operator,
    logFiles: () => [...filesIn(join(options.folder, 'logs')), accessLog],
    startProcess: folder.supervisor.start,
    control: folder.supervisor.control,
    dataFolder: (store) => dataFolderOf(options.folder, store),
    makeDatabase: (database) => provisionPostgres(stores.postgres, database, context),
    onUnexpectedExit: folder.supervisor.onUnexpectedExit,
    stop,
    async stopAndRemove({ keepStores = false } = {}) {
      await Promise.all(Object.values(handles).map((app) => app.stop()));
      await Promise.all([removeDatabase(stores.postgres, name), removeVhost(stores.rabbitmq, name)]);
      removeWritten(options.folder, name);
      await stop();
      if (!keepStores) removeData(options.folder);
    },
    kill: folder.supervisor.killAll,
  };
}

function contentsOf({ settings, databaseTemplate }: StackOptions, name: string): StoreContents {
  return { name, databaseTemplate, isOwnBroker: settings.given.rabbitmq === undefined };
}

// Tests begin with nothing, wherever their stores are.
function placeIn({ tuning, folder }: StackOptions, { postgres }: StorePlan) {
  return tuning === 'test' ? undefined : requireSamePlace(folder, postgres);
}

function programsOf({ tuning, pooler, settings }: StackOptions): TestPrograms {
  return [
    ...(tuning === 'test' ? (['nginx'] as const) : []),
    ...((pooler ?? settings.pooler) ? (['pgbouncer'] as const) : []),
  ];
}

async function withPooler(
  provisioned: Promise<Stores>,
  { pooler, settings }: StackOptions,
  context: ServiceContext,
): Promise<Stores> {
  const stores = await provisioned;
  if (!(pooler ?? settings.pooler)) return stores;
  const inFront = await startPooler(stores.postgres, context);
  context.report('pgbouncer is ready');
  return { ...stores, pooler: inFront };
}

/** What apps write beside a database. */
function writtenFolders(folder: string, database: string): readonly string[] {
  return [checkpointsFolder(folder, database), storageFolder(folder, database)];
}

function removeWritten(folder: string, database: string): void {
  for (const written of [...writtenFolders(folder, database), dataPlaceFile(folder)]) {
    rmSync(written, { recursive: true, force: true });
  }
}

function forgetAddresses(folder: string): void {
  rmSync(addressesFile(folder), { force: true });
  removeOwnerAddresses(secretsFolder(folder));
  removeOperatorBroker(secretsFolder(folder));
}

/** Files of users, of one database. */
function storageFolder(stackFolder: string, database: string): string {
  return join(stackFolder, 'files', database);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

function prepareAppFiles(folder: string, name: string): void {
  ensureKeyrings(secretsFolder(folder));
  ensureCheckpointKeys(secretsFolder(folder));
  for (const written of writtenFolders(folder, name)) mkdirSync(written, { recursive: true, mode: 0o700 });
  writeCallersFiles(secretsFolder(folder));
}

async function startApp(app: AppHandle, { report }: ServiceContext): Promise<void> {
  const startedAt = performance.now();
  await app.start();
  report(`${app.name} is ready (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}

/** What somebody set for the apps. */
function variablesOf({ settings, env }: StackOptions): Readonly<Record<string, string>> {
  return { ...settings.appVariables, ...env };
}

/** The environment of each app's replicas; the first is kept in files as well: `pnpm dev` starts the apps by itself. */
function writeEnvironments(options: StackOptions, stores: Stores, ports: StackPorts, context: ServiceContext) {
  const around: AppSurroundings = {
    ...stores,
    name: options.name ?? 'bank',
    secrets: context.secrets,
    secretsFolder: secretsFolder(options.folder),
    checkpointsFolder: checkpointsFolder(options.folder, options.name ?? 'bank'),
    storageFolder: storageFolder(options.folder, options.name ?? 'bank'),
    tls: context.tls,
    ports: ports.apps,
    gatewayUrl: `http://localhost:${ports.gateway}`,
    staffUrl: `http://localhost:${ports.staff}`,
    smtpUrl: `smtp://127.0.0.1:${ports.sandbox.smtp}`,
    sandboxUrl: `http://127.0.0.1:${ports.sandbox.http}`,
    platform: addressesOf(stores, ports, context.tls).sandbox,
    overrides: variablesOf(options),
  };
  return eachApp((app) => {
    const shared = appEnvironment(app, around);
    const replicas = ports.replicas[app].map(({ http, rpc }): Record<string, string> => {
      return { ...shared, HTTP_PORT: String(http), RPC_PORT: String(rpc) };
    });
    writeEnvironmentFile(environmentFile(options.folder, app), replicas[0] ?? {});
    return replicas;
  });
}

function createHandles(
  environments: Readonly<Record<AppName, readonly Readonly<Record<string, string>>[]>>,
  ports: StackPorts,
  { supervisor }: ServiceContext,
  bundled = false,
): Readonly<Record<AppName, AppHandle>> {
  // One for all stacks of a checkout: a process that finds nothing in it writes it as it ends, which takes seconds for ten of them.
  return eachApp((name) => {
    const replicas = environments[name].map((env) => ({ env, httpPort: Number(env['HTTP_PORT']) }));
    return createAppHandle(
      { name, httpPort: ports.apps[name].http, replicas, cacheFolder: compiledFolder, bundled },
      supervisor,
    );
  });
}

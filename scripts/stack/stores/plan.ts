import {
  canInstall,
  clearKilledInstall,
  debianPackages,
  installPackages,
  type ServerName,
} from '#stack/host/apt-install.ts';
import { type Binaries, findBinaries, requiredVersions } from '#stack/host/binaries.ts';
import { dockerAnswers } from '#stack/host/docker-engine.ts';
import { StackError } from '#stack/host/stack-error.ts';
import type { GivenAddresses, GivenService, Settings } from '#stack/settings/settings.ts';

/** A server of ours: in a container of `docker-compose.yml`, or one of these programs. */
export type OwnSource<Program> =
  | { readonly kind: 'container' }
  | { readonly kind: 'private'; readonly program: Program };

/** Where a service comes from: somebody else's server, or one of ours. */
export type Source<Program, Given = GivenService> =
  | { readonly kind: 'given'; readonly given: Given }
  | OwnSource<Program>;

export interface StorePlan {
  readonly postgres: Source<NonNullable<Binaries['postgres']>>;
  readonly redis: Source<NonNullable<Binaries['redis']>>;
  readonly rabbitmq: Source<NonNullable<Binaries['rabbitmq']>, NonNullable<GivenAddresses['rabbitmq']>>;
  readonly nginx: OwnSource<NonNullable<Binaries['nginx']>>;
}

/** Programs that no container and no address replaces: tests run them, or they stand between what does and does not run in one. */
export type TestPrograms = readonly Extract<
  ServerName,
  'nginx' | 'prometheus' | 'compose' | 'pgbouncer' | 'chromium' | 'postgres' | 'redis'
>[];

const stores = ['postgres', 'redis', 'rabbitmq'] as const;

/** What can be asked of the machine; replaced in tests. */
export interface Host {
  dockerAnswers(): boolean;
  findBinaries(): Binaries;
  canInstall(): boolean;
  clearKilledInstall(): void;
  install(servers: readonly ServerName[], announce: (line: string) => void): void;
}

const thisHost: Host = { dockerAnswers, findBinaries, canInstall, clearKilledInstall, install: installPackages };

/**
 * Decides for each service by itself: an address that was given, else a Docker engine that answers, else binaries of this machine.
 * What is missing, nginx and the programs of tests included, is installed in one go where that is possible and allowed.
 * @throws StackError naming all that is missing, and how to get it
 */
export function planStores(
  settings: Pick<Settings, 'given' | 'mayInstall' | 'mayUseDocker' | 'addressPrefix'>,
  report: (line: string) => void,
  { host = thisHost, testPrograms = [] }: { host?: Host; testPrograms?: TestPrograms } = {},
): StorePlan {
  const { given, mayUseDocker } = settings;
  const ours = ([...stores, 'nginx'] as const).filter((service) => service === 'nginx' || given[service] === undefined);
  const inContainers = mayUseDocker && host.dockerAnswers();
  const wanted = [...new Set<ServerName>([...(inContainers ? [] : ours), ...testPrograms])];
  const binaries = requirePrograms(wanted, { ...settings, report, host, testPrograms });
  return {
    postgres: source(given.postgres, inContainers, binaries.postgres),
    redis: source(given.redis, inContainers, binaries.redis),
    rabbitmq: source(given.rabbitmq, inContainers, binaries.rabbitmq),
    nginx: ownSource(inContainers && !testPrograms.includes('nginx'), binaries.nginx),
  };
}

interface Wishes extends Pick<Settings, 'mayInstall' | 'addressPrefix'> {
  readonly testPrograms: TestPrograms;
  readonly host: Host;
  readonly report: (line: string) => void;
}

function requirePrograms(needed: readonly ServerName[], wishes: Wishes): Binaries {
  const { mayInstall, host, report } = wishes;
  const found = host.findBinaries();
  if (mayInstall) {
    host.clearKilledInstall();
  }
  const missing = missingOf(needed, found);
  if (missing.length === 0) {
    return found;
  }
  if (!mayInstall || !host.canInstall()) {
    const because = mayInstall ? 'nothing can be installed from here' : 'STACK_INSTALL=0';
    throw new StackError(missingMessage(missing, because, wishes));
  }
  host.install(missing, report);
  const installed = host.findBinaries();
  const stillMissing = missingOf(needed, installed);
  if (stillMissing.length > 0) {
    throw new StackError(missingMessage(stillMissing, 'this system has older packages, or none', wishes));
  }
  return installed;
}

function missingOf(needed: readonly ServerName[], found: Binaries): ServerName[] {
  return needed.filter((server) => found[server] === undefined);
}

function missingMessage(
  missing: readonly ServerName[],
  because: string,
  { testPrograms, addressPrefix }: Wishes,
): string {
  const names = missing.map((server) => `${server} ≥ ${requiredVersions[server].join('.')}`).join(', ');
  const packages = missing.map((server) => debianPackages[server]).join(' ');
  const asPrograms: readonly ServerName[] = testPrograms;
  const missingStores = stores.filter((store) => missing.includes(store));
  const addresses = missingStores
    .filter((store) => !asPrograms.includes(store))
    .map((store) => `${addressPrefix}${store.toUpperCase()}_URL`);
  const orAddress = addresses.length === 0 ? '' : `, or set ${addresses.join(', ')} in .env`;
  const started = missingStores.filter((store) => asPrograms.includes(store));
  const noAddress =
    started.length === 0
      ? ''
      : `; tests start ${started.join(' and ')} themselves, whatever address or container there is`;
  const orChrome = missing.includes('chromium')
    ? ', or Google Chrome where Chromium is a snap alone, as on Ubuntu'
    : '';
  return `missing: ${names} (${because}); install them (Debian, Ubuntu: apt-get install ${packages})${orChrome}${orAddress}${noAddress}`;
}

function source<P, G>(given: G | undefined, inContainer: boolean, program: P | undefined): Source<P, G> {
  return given === undefined ? ownSource(inContainer, program) : { kind: 'given', given };
}

function ownSource<P>(inContainer: boolean, program: P | undefined): OwnSource<P> {
  if (inContainer) {
    return { kind: 'container' };
  }
  if (program === undefined) {
    throw new Error('a service without a program was planned');
  }
  return { kind: 'private', program };
}

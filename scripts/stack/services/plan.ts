import { canInstall, debianPackages, installPackages, type ServerName } from '#stack/host/apt-install.ts';
import { type Binaries, findBinaries, requiredVersions } from '#stack/host/binaries.ts';
import { StackError } from '#stack/host/stack-error.ts';
import type { GivenAddresses, GivenService, Settings } from '#stack/settings/settings.ts';

/** Where a service comes from: somebody else's server, or a private one of these programs. */
export type Source<Program, Given = GivenService> =
  | { readonly kind: 'given'; readonly given: Given }
  | { readonly kind: 'private'; readonly program: Program };

export interface ServicePlan {
  readonly postgres: Source<NonNullable<Binaries['postgres']>>;
  readonly redis: Source<NonNullable<Binaries['redis']>>;
  readonly rabbitmq: Source<NonNullable<Binaries['rabbitmq']>, NonNullable<GivenAddresses['rabbitmq']>>;
}

/** What can be asked of the machine; replaced in tests. */
export interface Host {
  findBinaries(): Binaries;
  canInstall(): boolean;
  install(servers: readonly ServerName[], announce: (line: string) => void): void;
}

export const thisHost: Host = { findBinaries, canInstall, install: installPackages };

/**
 * Decides for each service by itself: an address that was given, else binaries of this machine, installed first where
 * that is possible and allowed. @throws StackError naming everything that is missing, and how to get it
 */
export function planServices(
  settings: Pick<Settings, 'given' | 'mayInstall'>,
  report: (line: string) => void,
  host: Host = thisHost,
): ServicePlan {
  const binaries = requirePrograms(neededServers(settings.given), settings.mayInstall, report, host);
  return {
    postgres: source(settings.given.postgres, binaries.postgres),
    redis: source(settings.given.redis, binaries.redis),
    rabbitmq: source(settings.given.rabbitmq, binaries.rabbitmq),
  };
}

/** The programs of the named servers. @throws StackError as `planServices` */
export function requirePrograms(
  needed: readonly ServerName[],
  mayInstall: boolean,
  report: (line: string) => void,
  host: Host = thisHost,
): Binaries {
  const found = host.findBinaries();
  const missing = missingOf(needed, found);
  if (missing.length === 0) {
    return found;
  }
  if (mayInstall && host.canInstall()) {
    host.install(missing, report);
    const installed = host.findBinaries();
    if (missingOf(needed, installed).length === 0) {
      return installed;
    }
    throw new StackError(missingMessage(missingOf(needed, installed), 'this system has older packages'));
  }
  throw new StackError(missingMessage(missing, mayInstall ? 'they cannot be installed from here' : 'STACK_INSTALL=0'));
}

function neededServers(given: GivenAddresses): ServerName[] {
  const services = ['postgres', 'redis', 'rabbitmq'] as const;
  return services.filter((service) => given[service] === undefined);
}

function missingOf(needed: readonly ServerName[], found: Binaries): ServerName[] {
  return needed.filter((server) => found[server] === undefined);
}

function missingMessage(missing: readonly ServerName[], because: string): string {
  const names = missing.map((server) => `${server} ≥ ${requiredVersions[server].join('.')}`).join(', ');
  const packages = missing.map((server) => debianPackages[server]).join(' ');
  const addresses = missing.filter((server) => server !== 'nginx').map((server) => `${server.toUpperCase()}_URL`);
  const orAddress = addresses.length === 0 ? '' : `, or set ${addresses.join(', ')} in .env`;
  return `missing: ${names} (${because}); install them (Debian, Ubuntu: apt-get install ${packages})${orAddress}`;
}

function source<P, G>(given: G | undefined, program: P | undefined): Source<P, G> {
  if (given !== undefined) {
    return { kind: 'given', given };
  }
  if (program === undefined) {
    throw new Error('a service without a program was planned');
  }
  return { kind: 'private', program };
}

import { canInstall, debianPackages, installPackages, type ServerName } from '#stack/host/apt-install.ts';
import { type Binaries, findBinaries, requiredVersions } from '#stack/host/binaries.ts';
import { StackError } from '#stack/host/stack-error.ts';
import type { GivenAddresses, GivenService, Settings } from '#stack/settings/settings.ts';

/** Where a service comes from: somebody else's server, or a private one of these programs. */
export type Source<Program, Given = GivenService> =
  | { readonly kind: 'given'; readonly given: Given }
  | { readonly kind: 'private'; readonly program: Program };

export interface StorePlan {
  readonly postgres: Source<NonNullable<Binaries['postgres']>>;
  readonly redis: Source<NonNullable<Binaries['redis']>>;
  readonly rabbitmq: Source<NonNullable<Binaries['rabbitmq']>, NonNullable<GivenAddresses['rabbitmq']>>;
  /** The gateway's program: the stack runs it, and so do the tests of its configuration. */
  readonly nginx: string | undefined;
}

/** What can be asked of the machine; replaced in tests. */
export interface Host {
  findBinaries(): Binaries;
  canInstall(): boolean;
  install(servers: readonly ServerName[], announce: (line: string) => void): void;
}

const thisHost: Host = { findBinaries, canInstall, install: installPackages };

/**
 * Decides for each store by itself: an address that was given, else binaries of this machine. What is missing, nginx included, is
 * installed in one go where that is possible and allowed. @throws StackError naming all that is missing, and how to get it
 */
export function planStores(
  settings: Pick<Settings, 'given' | 'mayInstall'>,
  report: (line: string) => void,
  host: Host = thisHost,
): StorePlan {
  const { given, mayInstall } = settings;
  const stores = (['postgres', 'redis', 'rabbitmq'] as const).filter((store) => given[store] === undefined);
  const binaries = requirePrograms([...stores, 'nginx'], { report, mayInstall, host });
  return {
    postgres: source(given.postgres, binaries.postgres),
    redis: source(given.redis, binaries.redis),
    rabbitmq: source(given.rabbitmq, binaries.rabbitmq),
    nginx: binaries.nginx?.server,
  };
}

function requirePrograms(
  needed: readonly ServerName[],
  { mayInstall, report, host }: { mayInstall: boolean; report: (line: string) => void; host: Host },
): Binaries {
  const found = host.findBinaries();
  const missing = missingOf(needed, found);
  if (missing.length === 0) {
    return found;
  }
  if (!mayInstall || !host.canInstall()) {
    throw new StackError(
      missingMessage(missing, mayInstall ? 'nothing can be installed from here' : 'STACK_INSTALL=0'),
    );
  }
  host.install(missing, report);
  const installed = host.findBinaries();
  const stillMissing = missingOf(needed, installed);
  if (stillMissing.length > 0) {
    throw new StackError(missingMessage(stillMissing, 'this system has older packages'));
  }
  return installed;
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

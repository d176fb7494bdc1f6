import { Resolver } from 'node:dns/promises';
import { withDeadline } from '@bank/domain';
import { LRUCache } from 'lru-cache';

/** Whether a domain takes mail at all; `unknown` when the DNS did not say in time. */
export type Reachability = 'reachable' | 'unreachable' | 'unknown';

/** Answers of the DNS by which there is no such name, or no such record. Everything else is a fault of the DNS. */
const absent: readonly string[] = ['ENOTFOUND', 'ENODATA'];

const domainsMax = 10_000;
const late = () => new Error('the DNS did not answer in time');
/** How long an answer is kept: a domain that is being set up soon takes mail. */
const keptMs = { reachable: 3_600_000, unreachable: 60_000 } as const;

export interface MailExchangerOptions {
  /** DNS servers as `address` or `address:port`; the system's when there are none. */
  readonly servers: readonly string[];
  /** How long anybody waits for an answer, in milliseconds. */
  readonly budgetMs: number;
}

/**
 * Gives the function that finds out whether a domain takes mail: it has an exchanger (RFC 5321 §5.1), an address of its own in
 * place of one, and none that says that it takes none (RFC 7505). Never rejects. Several who ask at once ask the DNS once.
 */
export function createMailExchangers(options: MailExchangerOptions): (domain: string) => Promise<Reachability> {
  const { servers, budgetMs } = options;
  const resolver = new Resolver({ timeout: budgetMs, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers);
  const known = new LRUCache<string, Exclude<Reachability, 'unknown'>>({
    max: domainsMax,
    async fetchMethod(domain, _stale, { options: kept }) {
      const reachability = await ask(resolver, domain).catch(() => undefined);
      if (reachability !== undefined) kept.ttl = keptMs[reachability];
      return reachability;
    },
  });
  return async (domain) =>
    (await withDeadline(known.fetch(domain), budgetMs, late).catch(() => undefined)) ?? 'unknown';
}

async function ask(resolver: Resolver, domain: string): Promise<Exclude<Reachability, 'unknown'>> {
  const exchangers = await unlessAbsent(resolver.resolveMx(domain));
  if (exchangers.length > 0) {
    return exchangers.some(({ exchange }) => exchange !== '' && exchange !== '.') ? 'reachable' : 'unreachable';
  }
  const addresses = await Promise.all([
    unlessAbsent(resolver.resolve4(domain)),
    unlessAbsent(resolver.resolve6(domain)),
  ]);
  return addresses.flat().length > 0 ? 'reachable' : 'unreachable';
}

async function unlessAbsent<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'code' in error && absent.includes(String(error.code))) return [];
    throw error;
  }
}

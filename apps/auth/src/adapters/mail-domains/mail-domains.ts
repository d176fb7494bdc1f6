import { createMailExchangers } from '#adapters/mail-domains/mail-exchangers.ts';

/** What speaks against a domain: it is of a service for throw-away addresses, or it takes no mail. */
export type DomainObjection = 'disposable' | 'undeliverable';

/** Judges the domains of addresses that people register with. */
export interface MailDomains {
  /** By the domain alone, as the DNS writes it. Never rejects: what cannot be found out in time speaks against nobody. */
  objectionTo(domain: string): Promise<DomainObjection | undefined>;
}

export interface MailDomainOptions {
  readonly refuseDisposable: boolean;
  readonly checkExchangers: boolean;
  readonly servers: readonly string[];
  readonly budgetMs: number;
}

/** The policies that are on, each of which is optional. */
export async function createMailDomains(options: MailDomainOptions): Promise<MailDomains> {
  const { refuseDisposable, checkExchangers } = options;
  const disposable = refuseDisposable ? await readDisposable() : new Set<string>();
  const reachability = checkExchangers ? createMailExchangers(options) : async () => 'reachable';
  return {
    async objectionTo(domain) {
      if (domainsAbove(domain).some((name) => disposable.has(name))) return 'disposable';
      return (await reachability(domain)) === 'unreachable' ? 'undeliverable' : undefined;
    },
  };
}

/** Read when it is asked for: thousands of names that nobody else needs. */
async function readDisposable(): Promise<ReadonlySet<string>> {
  const { disposableEmailBlocklistSet } = await import('disposable-email-domains-js');
  return disposableEmailBlocklistSet();
}

/** A domain and those that it lies in, but for the last label: such services give out names below their own. */
function domainsAbove(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, from) => labels.slice(from).join('.'));
}

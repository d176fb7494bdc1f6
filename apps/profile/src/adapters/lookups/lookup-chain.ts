import { type Clock, DomainError } from '@bank/domain';
import type { Metrics } from '@bank/observability';
import { type Chain, createChain, type Judgement, NotAsked, type Provider } from '@bank/outbound';
import { LookupFailed } from '#adapters/lookups/provider-api.ts';

export interface LookupChainOptions<P extends Provider> {
  /** What is looked up, for metrics. */
  readonly kind: 'bank' | 'bill';
  readonly providers: readonly P[];
  readonly clock: Clock;
  readonly metrics: LookupMetrics;
}

/** What is measured of all providers. */
export interface LookupMetrics {
  observe(labels: { kind: string; provider: string; outcome: string }, seconds: number): void;
  watch(labels: { kind: string; provider: string }, value: () => number): void;
}

/** Until a circuit has been tried again, and until a key of idempotency whose request failed may be used again. */
const retrySeconds = 60;

const judgements: Readonly<Record<LookupFailed['kind'], Judgement>> = {
  away: { shown: 'away', asksNext: true },
  malformed: { shown: 'away', asksNext: true },
  refused: { shown: 'answers', asksNext: true },
  closed: { shown: 'nothing', asksNext: false },
};
const unforeseen: Judgement = { shown: 'nothing', asksNext: false };
const breakerValues = { closed: 0, half_open: 1, open: 2 } as const;

export function createLookupMetrics(metrics: Metrics): LookupMetrics {
  const help = 'Time until a provider has answered a question about an account, or about whom there are accounts at';
  const latency = metrics.histogram('lookup_provider_seconds', help, ['kind', 'provider', 'outcome']);
  return {
    observe: (labels, seconds) => latency.observe(labels, seconds),
    watch: (labels, value) =>
      metrics.read('lookup_provider_breaker', 'Circuit of a provider: 0 closed, 1 half open, 2 open', {
        labels,
        value,
      }),
  };
}

/** Providers of one kind of lookup, asked in order and measured. */
export function createLookupChain<P extends Provider>(options: LookupChainOptions<P>): Chain<P> {
  const { kind, providers, clock, metrics } = options;
  const chain = createChain<P>({
    providers,
    clock,
    judge: (failure) => (failure instanceof LookupFailed ? judgements[failure.kind] : unforeseen),
    observe({ provider, seconds, failure }) {
      const outcome = failure === undefined ? 'answered' : failure instanceof LookupFailed ? failure.kind : 'error';
      metrics.observe({ kind, provider, outcome }, seconds);
    },
  });
  for (const { name: provider } of providers) {
    const stateOf = () => chain.status().find((one) => one.provider === provider)?.breaker ?? 'closed';
    metrics.watch({ kind, provider }, () => breakerValues[stateOf()]);
  }
  return chain;
}

/** What a question answers that nobody could be asked, or that nobody answered. Everything else is thrown as it is. */
export function unavailable(failure: unknown): unknown {
  if (!(failure instanceof LookupFailed || failure instanceof NotAsked)) return failure;
  const reason = `no provider answered: ${failure.message}`;
  return new DomainError('lookup.unavailable', { reason, details: { retryAfterSeconds: retrySeconds } });
}

import type { Clock } from '@bank/domain';
import type { Metrics } from '@bank/observability';
import { createCache, type RedisConnection } from '@bank/redis';
import * as v from 'valibot';
import { type BankAccountResolver, createBankAccountResolver } from '#adapters/bank-accounts/bank-account-resolver.ts';
import { createFlutterwave } from '#adapters/bank-accounts/flutterwave.ts';
import { createPaystack } from '#adapters/bank-accounts/paystack.ts';
import { type BillAccountValidator, createBillAccountValidator } from '#adapters/bills/bill-account-validator.ts';
import { createFlutterwaveBills } from '#adapters/bills/flutterwave-bills.ts';
import { createLookupChain, createLookupMetrics } from '#adapters/lookups/lookup-chain.ts';
import type { ProviderApiOptions } from '#adapters/lookups/provider-api.ts';
import type { Config } from '#config.ts';

/** Whom the world outside is asked about accounts. */
export interface Lookups {
  readonly banks: BankAccountResolver;
  readonly bills: BillAccountValidator;
}

interface Surroundings {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly redis: RedisConnection;
}

/** How long a list of banks or billers stands: they change a few times a year. */
const listSeconds = 86_400;

const ListedOnes = v.array(v.object({ code: v.string(), name: v.string(), label: v.exactOptional(v.string()) }));

/** The providers that configuration names, in its order, measured, with their lists kept in Redis. */
export function createLookups(config: Config, { clock, metrics, redis }: Surroundings): Lookups {
  const measured = createLookupMetrics(metrics);
  const cache = (namespace: string) =>
    createCache<v.InferOutput<typeof ListedOnes>>(redis, {
      namespace,
      ttlSeconds: listSeconds,
      read: (stored) => v.parse(ListedOnes, stored),
    });
  const banks = config.BANK_ACCOUNT_PROVIDERS.map((name) =>
    name === 'paystack' ? createPaystack(apiOf(config, 'PAYSTACK')) : createFlutterwave(apiOf(config, 'FLUTTERWAVE')),
  );
  const bills = config.BILL_PROVIDERS.map(() => createFlutterwaveBills(apiOf(config, 'FLUTTERWAVE')));
  return {
    banks: createBankAccountResolver({
      providers: banks,
      chain: createLookupChain({ kind: 'bank', providers: banks, clock, metrics: measured }),
      lists: cache('banks'),
    }),
    bills: createBillAccountValidator({
      isAnybodyAsked: bills.length > 0,
      chain: createLookupChain({ kind: 'bill', providers: bills, clock, metrics: measured }),
      listings: cache('bills'),
    }),
  };
}

function apiOf(config: Config, provider: 'PAYSTACK' | 'FLUTTERWAVE'): ProviderApiOptions {
  const secretKey = config[`${provider}_SECRET_KEY`];
  // The configuration was checked for what its providers need; this says so to the compiler.
  if (secretKey === undefined) throw new Error(`${provider}_SECRET_KEY is missing`);
  return { baseUrl: config[`${provider}_BASE_URL`], secretKey, deadlineMs: config.LOOKUP_DEADLINE_MS };
}

import { envInteger, envList, envSecret, envUrl } from '@bank/service-kit';
import * as v from 'valibot';

const bankAccountProviders = ['paystack', 'flutterwave'] as const;
const billProviders = ['flutterwave'] as const;

function envProviders<const N extends string>(known: readonly N[]) {
  const message = `must be of ${known.join(', ')}, each once, separated by commas`;
  return v.pipe(
    envList,
    v.check((names) => new Set(names).size === names.length, message),
    v.array(v.picklist(known, message)),
  );
}

/** Who is asked whose an account is, in which order, and how often. Where nobody is named, no bank and no biller is known. */
export const lookupEnv = {
  BANK_ACCOUNT_PROVIDERS: v.optional(envProviders(bankAccountProviders), ''),
  BILL_PROVIDERS: v.optional(envProviders(billProviders), ''),
  PAYSTACK_BASE_URL: v.optional(envUrl('https', 'http'), 'https://api.paystack.co'),
  PAYSTACK_SECRET_KEY: v.optional(envSecret),
  FLUTTERWAVE_BASE_URL: v.optional(envUrl('https', 'http'), 'https://api.flutterwave.com/v3'),
  FLUTTERWAVE_SECRET_KEY: v.optional(envSecret),
  /** How long one provider may take for one question. */
  LOOKUP_DEADLINE_MS: v.optional(envInteger(100, 10_000), '5000'),
  /** Questions about accounts that one user may have asked: each of them may disclose a name. */
  LOOKUPS_PER_USER_PER_DAY: v.optional(envInteger(1, 10_000), '20'),
} as const;

const LookupEnvSchema = v.object(lookupEnv);
type LookupEnv = v.InferOutput<typeof LookupEnvSchema>;

const keys = { paystack: 'PAYSTACK_SECRET_KEY', flutterwave: 'FLUTTERWAVE_SECRET_KEY' } as const;

/** What is missing for the providers that were chosen: variable and problem. */
export function lookupProblems(env: LookupEnv): [variable: keyof LookupEnv, problem: string][] {
  const chosen = [...new Set([...env.BANK_ACCOUNT_PROVIDERS, ...env.BILL_PROVIDERS])];
  return chosen.filter((name) => env[keys[name]] === undefined).map((name) => [keys[name], `is needed by ${name}`]);
}

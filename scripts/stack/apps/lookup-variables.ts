import type { SecretStore } from '#stack/secrets/secret-store.ts';

interface Keys {
  readonly secrets: SecretStore;
}

/** Whom profile asks about accounts that users have elsewhere: in a development stack the sandbox. */
export function lookupVariables({
  secrets,
  sandboxUrl,
}: Keys & { readonly sandboxUrl: string }): Record<string, string> {
  const { paystack, flutterwave } = keysOf(secrets);
  return {
    BANK_ACCOUNT_PROVIDERS: 'paystack,flutterwave',
    BILL_PROVIDERS: 'flutterwave',
    PAYSTACK_BASE_URL: `${sandboxUrl}/paystack`,
    PAYSTACK_SECRET_KEY: paystack,
    FLUTTERWAVE_BASE_URL: `${sandboxUrl}/flutterwave/v3`,
    FLUTTERWAVE_SECRET_KEY: flutterwave,
  };
}

/** The same keys as the sandbox expects them. */
export function sandboxLookupVariables({ secrets }: Keys): Record<string, string> {
  const { paystack, flutterwave } = keysOf(secrets);
  return { SANDBOX_PAYSTACK_SECRET_KEY: paystack, SANDBOX_FLUTTERWAVE_SECRET_KEY: flutterwave };
}

/** As long and as random as the real ones, made at the first use. */
function keysOf(secrets: SecretStore) {
  return {
    paystack: `sk_test_${secrets.password('paystack_secret_key')}`,
    flutterwave: `FLWSECK_TEST-${secrets.password('flutterwave_secret_key')}-X`,
  };
}

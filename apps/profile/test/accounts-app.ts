import { request, type TestApp } from '@bank/composition/testing';
import { testSandbox } from '@bank/testing';
import { afterAll } from 'vitest';
import type { AppContext } from '#context.ts';
import { givenProfile, ownProfileApp } from './profile-app.ts';

const keys = { paystack: 'sk_test_of-a-test', flutterwave: 'FLWSECK_TEST-of-a-test' };

/** The profile app of one test file, whose providers of accounts are a sandbox. */
export async function accountsApp(env: Readonly<Record<string, string>> = {}): Promise<TestApp<AppContext>> {
  const sandbox = await testSandbox({
    slowMs: 5000,
    env: { SANDBOX_PAYSTACK_SECRET_KEY: keys.paystack, SANDBOX_FLUTTERWAVE_SECRET_KEY: keys.flutterwave },
  });
  afterAll(sandbox.stop);
  const providers = {
    BANK_ACCOUNT_PROVIDERS: 'paystack,flutterwave',
    BILL_PROVIDERS: 'flutterwave',
    PAYSTACK_BASE_URL: sandbox.at('/paystack'),
    PAYSTACK_SECRET_KEY: keys.paystack,
    FLUTTERWAVE_BASE_URL: sandbox.at('/flutterwave/v3'),
    FLUTTERWAVE_SECRET_KEY: keys.flutterwave,
    LOOKUP_DEADLINE_MS: '1500',
  };
  return ownProfileApp({ env: { ...providers, ...env } });
}

/** A person called Ada Lovelace, as most accounts of the sandbox are, who has just proved a second factor. */
export async function givenAda(app: TestApp<AppContext>, name: object = { givenName: 'Ada', familyName: 'Lovelace' }) {
  const { userId, token: weakToken } = await givenProfile(app);
  const headers = { 'if-match': '"v1"' };
  await request(app.service, 'PATCH', '/v1/profile', { token: weakToken, body: name, headers });
  return { userId, weakToken, token: app.issuer.token({ userId, acr: 'aal2' }) };
}

/** What was told of a user, oldest first: `<destination> <what>`. */
export async function toldOf(app: TestApp<AppContext>, userId: string): Promise<string[]> {
  const rows = await app.database.query<{ told: string }>(
    `select destination || ' ' || coalesce(data->>'action', data->>'template', type) as told
     from profile.outbox where subject = $1 order by id`,
    [userId],
  );
  return rows.map(({ told }) => told);
}

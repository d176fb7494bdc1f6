import type { RouteDescription } from '@bank/service-kit';
import { fuzzRoutes } from '@bank/service-kit/fuzz';
import { describe, expect, it } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { register, steppedUp } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';

const auth = await startAuth();

describe('SR-82 every route', () => {
  it('answers whatever it is sent without a 5xx and without repeating it', { timeout: 300_000 }, async () => {
    const report = await fuzzRoutes(auth.service, routes, {
      runsPerRoute: 60,
      headers: async (route) => (route.access === 'public' ? {} : { authorization: `Bearer ${await tokenFor(route)}` }),
    });
    expect(
      Object.keys(report)
        .map(Number)
        .every((status) => status < 500),
    ).toBe(true);
    expect(report[422]).toBeGreaterThan(0);
  });
});

/** A token that opens the route, freshly stepped up where it asks for that. */
async function tokenFor({ stepUp }: RouteDescription): Promise<string> {
  const account = await register(auth);
  return stepUp === undefined ? account.accessToken : await steppedUp(auth, account.accessToken);
}

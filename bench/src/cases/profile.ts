import type { Person } from '@bank/test-bed';
import { type Bench, type Case, databaseOf, startLimit } from '#bench.ts';
import { compareApp } from '#compare.ts';
import { load } from '#load.ts';

const connections = 16;
const appearsWithinMs = 30_000;

/** A user's own profile, opened from all of its sealed groups, beside the same query and decryptions with nothing around them. */
export const profile: Case = {
  name: 'profile',
  async run(bench) {
    const { stack, people, mint } = bench;
    const { url } = stack.apps.profile;
    for (const [index, token] of mint.mint(people, people.length).entries()) {
      await fillProfile(url, token, people[index]);
    }
    const { KEYRING_DIR } = stack.environments.profile;
    const limit = await startLimit(bench, 'profile', { ...databaseOf(bench, 'profile'), KEYRING_DIR });
    const rateAt = (base: string) => (seconds: number) => readRate(bench, base, seconds);
    try {
      const compared = await compareApp(
        bench,
        { app: stack.apps.profile, name: 'profile' },
        { measured: rateAt(url), limit: rateAt(limit.url) },
      );
      return [
        {
          case: 'profile',
          what: 'GET /v1/profile',
          measured: { value: compared.measured, unit: 'req/s' },
          limit: { value: compared.limit, unit: 'req/s', what: 'Hono, node-postgres, the same decryptions' },
          figure: compared.ratio,
          must: { atLeast: 0.6 },
          notes: ['the app verifies the access token as well; tokens are asked with several times'],
        },
      ];
    } finally {
      await limit.stop();
    }
  },
};

async function readRate({ people, mint }: Bench, url: string, seconds: number): Promise<number> {
  const tokens = mint.mint(people, people.length * 10);
  let turn = 0;
  const next = () => {
    const headers = { authorization: `Bearer ${tokens[turn++ % tokens.length]}` };
    return { method: 'GET', path: '/v1/profile', headers } as const;
  };
  return (await load({ url, connections, seconds, next })).perSecond;
}

/** Waits for the profile, which appears by event, and writes something into each of its groups. */
export async function fillProfile(base: string, token: string, person: Person | undefined): Promise<void> {
  const url = new URL('/v1/profile', base);
  const authorization = `Bearer ${token}`;
  const deadline = performance.now() + appearsWithinMs;
  let found = await fetch(url, { headers: { authorization } });
  while (found.status !== 200 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    found = await fetch(url, { headers: { authorization } });
  }
  const body = {
    ...{ givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10', nationality: 'GB', residence: 'DE' },
    ...{ occupation: 'Mathematician', gender: 'female', sourceOfFunds: 'employment' },
    taxResidencies: [{ country: 'DE', tin: '65929970489' }],
  };
  const response = await fetch(url, {
    method: 'PATCH',
    headers: { authorization, 'content-type': 'application/json', 'if-match': found.headers.get('etag') ?? '' },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) {
    throw new Error(`the profile of ${person?.userId} cannot be written: ${await response.text()}`);
  }
}

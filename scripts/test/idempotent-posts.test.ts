import type { RouteDescription } from '@bank/service-kit';
import { expect, it } from 'vitest';
import { allRoutes } from '#contracts/openapi.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

/** The authenticated POSTs that take no `Idempotency-Key`, and why: everything else that creates or moves something does. */
const exceptions: Readonly<Record<string, string>> = {
  '/v1/admin/users/search': 'reads',
  '/v1/auth/logout': 'ends what stays ended, and answers nothing',
  '/v1/auth/logout-all': 'ends what stays ended, and answers nothing',
  '/v1/auth/logout-others': 'ends what stays ended, and answers nothing',
  '/v1/auth/password/change':
    'a hash of the request would be one of two passwords, fast and kept for a day; the same session may send the same again',
  '/v1/auth/step-up/challenge': 'asking again gives a challenge in place of the older, which lives for minutes',
  '/v1/auth/step-up/verify': 'answers with tokens',
  '/v1/devices/:id/key/challenge': 'asking again gives a challenge in place of the older, which lives for minutes',
  '/v1/mfa/recovery-codes': 'answers with recovery codes',
  '/v1/mfa/totp': 'answers with a secret',
};

const isAuthenticatedPost = ({ method, access }: RouteDescription) => method === 'POST' && access !== 'public';

it('a POST of somebody who is signed in may be sent again with its Idempotency-Key, or says here why not', async () => {
  const routes = (await allRoutes(repositoryFolder)).filter(isAuthenticatedPost);
  const without = routes.filter(({ idempotent }) => idempotent !== true).map(({ path }) => path);
  expect(without.sort()).toEqual(Object.keys(exceptions).sort());
});

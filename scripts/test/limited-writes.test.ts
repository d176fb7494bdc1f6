import type { RouteDescription } from '@bank/service-kit';
import { expect, it } from 'vitest';
import { allRoutes } from '#contracts/openapi.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

/** The routes that write and have no limit, and why: whoever calls the others could fill the ledger as fast as they send. */
const exceptions: Readonly<Record<string, string>> = {
  'DELETE /authorize': 'a question of the gateway about a request: writes nothing',
  'OPTIONS /authorize': 'a question of the gateway about a request: writes nothing',
  'PATCH /authorize': 'a question of the gateway about a request: writes nothing',
  'POST /authorize': 'a question of the gateway about a request: writes nothing',
  'PUT /authorize': 'a question of the gateway about a request: writes nothing',
  'DELETE /v1/auth/sessions/:id': 'ends a session, for which a sign-in was needed; writes nothing where there is none',
  'POST /v1/auth/logout': 'ends the session that asks, for which a sign-in was needed',
  'POST /v1/auth/logout-all': 'ends the session that asks, for which a sign-in was needed',
};

const isWrite = ({ method }: RouteDescription) => method !== 'GET';

it('SR-18: whatever writes has a limit, or says here why not', async () => {
  const routes = (await allRoutes(repositoryFolder)).filter(isWrite);
  const without = routes.filter(({ limits = [] }) => limits.length === 0);
  expect(without.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(exceptions).sort());
});

it('SR-14: no limit of a client address lets one of those behind it keep the others out with a few requests', async () => {
  const limits = (await allRoutes(repositoryFolder)).flatMap(({ limits = [] }) => limits);
  const byAddress = limits.filter(({ by }) => by === 'address');
  expect(byAddress.length).toBeGreaterThan(10);
  const tight = byAddress.filter(({ points, windowSeconds }) => (points / windowSeconds) * 600 < 120);
  expect(tight.map(({ name }) => name)).toEqual([]);
});

import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import type { Exchange, RequestOptions } from '#client.ts';
import { visibleOf } from '../support/alike.ts';
import { servedRoutes } from './inventory.ts';
import { type OwnedThing, ownedThings } from './owned-things.ts';
import { type RestRule, restRules } from './tables.ts';
import { type Door, doors, kinds, type World } from './world.ts';

const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
const asImage = { 'content-type': 'image/jpeg' };

/** What nobody can take: past every guard it is refused for its form, so that nothing is done. */
function harmless({ method, path }: RestRule): RequestOptions {
  if (method === 'GET') return {};
  const body = { unexpected: true };
  if (path.startsWith('/v1/files/')) return { body, headers: asImage };
  return path === '/v1/webhooks/twilio' ? { body, headers: asForm } : { body };
}

/** Where no token is asked for. */
function isPublic(who: ReadonlySet<string>): boolean {
  return who.has('anyone') || who.has('signed');
}

/** Whose token is good at the listener of staff alone (SR-72). */
function isOfStaff(name: string): boolean {
  return name !== 'anyone' && name !== 'customer';
}

function ask({ clients }: World, rule: RestRule, door: Door, token: string | undefined): Promise<Exchange> {
  const target = rule.path.replace(/\{\w+\}/g, () => uuidv7());
  return clients[door].send(rule.method, target, { ...harmless(rule), ...(token !== undefined && { token }) });
}

/** What an answer means for who asked. */
function verdictOf({ status, body }: Exchange): string {
  const { code } = (body ?? {}) as { code?: string };
  if (code === 'request.unknown_route') return 'unknown';
  if (status === 401 || status === 403) return 'refused';
  return status === 429 || status >= 500 ? `${status} ${code}` : 'let through';
}

function expectedOf({ door: open, who }: RestRule, door: Door, name: string): string {
  if (open !== door && open !== 'both') return 'unknown';
  if (door === 'public' && !isPublic(who) && isOfStaff(name)) return 'refused';
  return who.has('anyone') || who.has(name) ? 'let through' : 'refused';
}

/** Every route, at both doors of the gateway, asked by nobody and by one of each kind. */
export function describeRoutes(world: World): void {
  describe('SR-65 routes', () => {
    test('are those of the table, each said to need no less than the table says', async () => {
      const served = await servedRoutes(world.stack);
      const listed = restRules.map(({ route, who }) => [route, isPublic(who) ? 'public' : 'somebody']);
      const saying = served.map(({ route, by }) => [route, by === 'public' ? 'public' : 'somebody']);
      expect(saying.toSorted(), 'the lines of test/e2e/test/matrix/rest-table.ts').toEqual(listed.toSorted());
    });

    test.each(restRules)('$route', async (rule) => {
      const askers = [['anyone', undefined], ...kinds.map((kind) => [kind, world.tokens[kind]])] as const;
      const cells = doors.flatMap((door) => askers.map(([name, token]) => ({ door, name, token })));
      const found = await Promise.all(
        cells.map(
          async ({ door, name, token }) => `${name} at ${door}: ${verdictOf(await ask(world, rule, door, token))}`,
        ),
      );
      const expected = cells.map(({ door, name }) => `${name} at ${door}: ${expectedOf(rule, door, name)}`);
      expect(found).toEqual(expected);
    });
  });
}

/** Every route that names a thing of a customer, asked by another one about that thing and about none. */
export function describeOwnership(world: World): void {
  describe("SR-65 what is somebody else's answers like what is missing", () => {
    test('for every route that names a thing of a customer', () => {
      const naming = restRules.filter(({ path, who }) => /\{(\w+I|i)d\}/.test(path) && who.has('customer'));
      const named = naming.map(({ route }) => route).toSorted();
      const things = 'the routes of test/e2e/test/matrix/owned-things.ts';
      expect(Object.keys(ownedThings).toSorted(), things).toEqual(named);
    });

    test.each(Object.entries(ownedThings))('%s', async (route, thing) => {
      const id = await thing.idOf(world.owner, world.clients.public, world.stack);
      const foreign = await askAbout(world, route, thing, id, world.stranger.token);
      const missing = await askAbout(world, route, thing, uuidv7(), world.stranger.token);
      expect(foreign.status).toBe(404);
      expect(visibleOf(foreign)).toEqual(visibleOf(missing));
      const own = await askAbout(world, route, thing, id, world.owner.token);
      expect([401, 403, 404, 429]).not.toContain(own.status);
    });
  });
}

function askAbout(
  world: World,
  route: string,
  { body, headers }: OwnedThing,
  id: string,
  token: string,
): Promise<Exchange> {
  const [method = '', path = ''] = route.split(' ');
  const options = { token, ...(body && { body }), ...(headers && { headers }) };
  return world.clients.public.send(method, path.replace(/\{\w+\}/, id), options);
}

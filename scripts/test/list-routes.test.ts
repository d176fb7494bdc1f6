import type { RouteDescription } from '@bank/service-kit';
import type { GenericSchema } from 'valibot';
import { expect, it } from 'vitest';
import { allRoutes } from '#contracts/openapi.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

const namesIn = (schema: GenericSchema | null | undefined): readonly string[] =>
  schema && 'entries' in schema ? Object.keys(schema.entries as object) : [];
const isPage = ({ responses }: RouteDescription) => namesIn(responses[200]).includes('nextCursor');
/** What is looked for by an address stands in the body, and so do the two. */
const parametersOf = ({ body, query }: RouteDescription) => [...namesIn(query), ...namesIn(body)];

it('a route that answers with a page takes limit and cursor, so that one client reads every list', async () => {
  const pages = (await allRoutes(repositoryFolder)).filter(isPage);
  expect(pages.length).toBeGreaterThan(15);
  const refusing = pages.filter((route) => !['limit', 'cursor'].every((name) => parametersOf(route).includes(name)));
  expect(refusing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allRoutes } from '#contracts/openapi.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

it('no route waits as long as the gateway does: an app gives up first, and says why', async () => {
  const config = readFileSync(join(repositoryFolder, 'infra/gateway/proxy.conf'), 'utf8');
  const gatewayMs = Number(/^proxy_read_timeout (\d+)s;/m.exec(config)?.[1]) * 1000;
  expect(gatewayMs).toBeGreaterThan(10_000);
  const routes = await allRoutes(repositoryFolder);
  const late = routes.filter(({ timeoutMs = 0 }) => timeoutMs > gatewayMs - 2000);
  expect(late.map(({ method, path, timeoutMs }) => `${method} ${path} ${timeoutMs}`)).toEqual([]);
  expect(routes.some(({ timeoutMs }) => timeoutMs !== undefined)).toBe(true);
});

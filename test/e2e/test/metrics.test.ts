import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { temporaryFolder, until } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayClient } from '#client.ts';
import { firstJourney } from '#first-journey.ts';
import { freePort } from '#free-port.ts';
import { type Prometheus, startPrometheus } from '#prometheus.ts';
import { sharedStack } from '#test-stack.ts';
import { verificationJourney } from '#verification-journey.ts';

const it = sharedStack();
const folder = temporaryFolder('prometheus');
let prometheus: Prometheus;

const Dashboard = v.object({
  title: v.string(),
  uid: v.string(),
  panels: v.array(v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) })),
});
const dashboardsFolder = join(repositoryFolder, 'infra', 'grafana', 'dashboards');
const dashboards = readdirSync(dashboardsFolder).map((file) =>
  v.parse(Dashboard, JSON.parse(readFileSync(join(dashboardsFolder, file), 'utf8'))),
);
const rules = readFileSync(join(repositoryFolder, 'infra', 'prometheus', 'rules.yml'), 'utf8');

/** Grafana fills these in by the width of a panel; here it is what a minute's worth of scrapes gives. */
function filledIn(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m');
}

async function walk(): Promise<void> {
  const { gateway, sandbox } = it.stack.addresses;
  const place = { client: new GatewayClient(gateway), inboxUrl: sandbox.http, announce: () => undefined };
  await firstJourney(place);
  await verificationJourney(place);
  await place.client.send('POST', '/v1/webhooks/kyc', { body: {} }); // a call that nobody signed
}

beforeAll(async () => {
  prometheus = await startPrometheus(it.stack, folder, await freePort());
  await walk(); // what happens for the first time makes a series
  await until(async () => (await prometheus.query('message_deliveries_total')).length > 0);
  await walk(); // and what happens again makes it grow
}, 120_000);
afterAll(() => {
  prometheus?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(dashboards)('the dashboard $title', ({ panels }) => {
  const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

  test.each(queries)('%s', async (_title, expression) => {
    const found = await until(async () => {
      const series = await prometheus.query(filledIn(expression));
      return series.some(({ value: [, text] }) => Number.isFinite(Number(text))) ? series : undefined;
    });
    expect(found).not.toEqual([]);
  });
});

describe('the rules of infra/prometheus', () => {
  test('watch only metrics that there are', async () => {
    const pages = await Promise.all(
      Object.values(it.stack.addresses.apps).map(async ({ http }) => (await fetch(`${http}/metrics`)).text()),
    );
    const declared = new Set(pages.flatMap((page) => [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)));
    const watched = [...rules.matchAll(/\b([a-z][a-z_]*_[a-z_]+)(?=[{[ )]|$)/gm)]
      .map(([, name = '']) => name.replace(/_(count|sum|bucket)$/, ''))
      .filter((name) =>
        /^(nodejs|process|http|rpc|pool|password|outbox|broker|message|metric|revocation|ledger|signing|refusals|lookup)_/.test(
          name,
        ),
      );
    expect(new Set(watched).size).toBeGreaterThan(15);
    expect([...new Set(watched)].filter((name) => !declared.has(name))).toEqual([]);
  });

  test('find nothing in a service that is well', async () => {
    expect(await prometheus.query('up == 0')).toEqual([]);
    const firing = await prometheus.query('ALERTS{alertstate="firing"}');
    expect(firing.map(({ metric }) => metric['alertname'])).toEqual([]);
  });
});

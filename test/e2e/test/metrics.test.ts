import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { repositoryFolder } from '@bank/scripts/stack';
import { temporaryFolder } from '@bank/testing';
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

async function walk(): Promise<void> {
  const { gateway, sandbox } = it.stack.addresses;
  const place = { client: new GatewayClient(gateway), inboxUrl: sandbox.http, announce: () => undefined };
  await firstJourney(place);
  await verificationJourney(place);
  await place.client.send('POST', '/v1/webhooks/kyc', { body: {} }); // a call that nobody signed
}

const panels = dashboards.flatMap(({ title: dashboard, panels: all }) =>
  all.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ dashboard, title, expr }))),
);
const blank = new Set(panels.map(({ expr }) => expr));

/** Takes off what gives a number now: a rate falls silent again a minute after its last event. */
async function lookAtBlankPanels(): Promise<void> {
  for (const expression of blank) {
    const series = await prometheus.query(expression.replaceAll('$__rate_interval', '1m'));
    if (series.some(({ value: [, text] }) => Number.isFinite(Number(text)))) blank.delete(expression);
  }
}

/**
 * What happens in a process for the first time makes a series, and only what happens there again makes it grow.
 * Which of an app's processes takes a message is chance, so people walk until both have had two.
 */
beforeAll(async () => {
  prometheus = await startPrometheus(it.stack, folder, await freePort());
  for (let walks = 0; walks < 10 && blank.size > 0; walks += 1) {
    await walk();
    await setTimeout(2000); // two scrapes
    await lookAtBlankPanels();
  }
}, 180_000);
afterAll(() => {
  prometheus?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(panels)('the dashboard $dashboard shows something at $title: $expr', ({ expr }) => {
  expect([...blank]).not.toContain(expr);
});

/** The metrics that an expression names, but for those that Prometheus makes itself. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right) ?\([^)]*\)/g, ' ');
  return [...bare.matchAll(/(?<![\w:])[a-z][\w:]*(?![\w:]|\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !/^(and|or|unless|offset|bool|up|slo:.*)$/.test(name))
    .map((name) => name.replace(/_(count|sum|bucket)$/, ''));
}

describe('the rules of infra/prometheus', () => {
  test('watch only metrics that there are', async () => {
    const pages = await Promise.all(
      Object.values(it.stack.addresses.apps).map(async ({ http }) => (await fetch(`${http}/metrics`)).text()),
    );
    const declared = new Set(pages.flatMap((page) => [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)));
    const watched = (await prometheus.ruleExpressions()).flatMap(metricsIn);
    expect(new Set(watched).size).toBeGreaterThan(30);
    expect([...new Set(watched)].filter((name) => !declared.has(name))).toEqual([]);
  });

  test('find nothing in a service that is well, and say that they look', async () => {
    expect(await prometheus.query('up == 0')).toEqual([]);
    const firing = await prometheus.query('ALERTS{alertstate="firing"}');
    expect(firing.map(({ metric }) => metric['alertname'])).toEqual(['Watchdog']);
  });
});

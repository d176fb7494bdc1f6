import { randomBytes } from 'node:crypto';
import { type CloudEvent, eventsOf } from '@bank/messaging';
import { canary, canaryMark, describeFind, type Find, findsOf } from '@bank/scripts/canaries';
import { appNames } from '@bank/scripts/stack';
import { until } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '#account.ts';
import { freePort } from '#free-port.ts';
import { ownStack } from '#test-stack.ts';
import { Canaries } from '../canaries/fields.ts';
import { Journeys } from '../canaries/journeys.ts';
import { dsnOf } from '../canaries/sentry-receiver.ts';
import { openSinks, type Sinks } from '../canaries/sinks.ts';
import { type Asker, sprayRoutes, strangeToken } from '../canaries/spray-rest.ts';
import { sprayMethods } from '../canaries/spray-rpc.ts';
import type { Message } from '../support/broker.ts';
import { textOfSchema } from '../support/database.ts';

/** Where something planted may stand, and why. */
const allowed: readonly { readonly in: RegExp; readonly what: RegExp; readonly why: string }[] = [
  { in: /^the schema (auth|device)$/, what: /model/, why: 'makes of devices are kept in the clear, and in the outbox' },
  { in: /^the broker$/, what: /model/, why: 'device learns of the make by the event that tells of the sign-in' },
  { in: /^the (broker|queues)/, what: /poison/, why: 'what a consumer refuses is kept as it came, and only that' },
];

const metricsOf = 'the metrics of ';
const sentryPort = await freePort();
// Everything that is ever logged.
const it = ownStack({ LOG_LEVEL: 'trace', SENTRY_DSN: dsnOf(sentryPort) });
const canaries = new Canaries();
let sinks: Sinks;
let account: Account;
const sprayed: { statuses: number[]; outcomes: string[] } = { statuses: [], outcomes: [] };

beforeAll(async () => {
  sinks = await openSinks(it.stack, sentryPort);
  const journeys = new Journeys(it.stack, canaries);
  account = await journeys.register();
  const customer = await journeys.enrol(account);
  await journeys.undeliverable();
  await journeys.crash(customer);
  await sinks.copy.publish('user-service.events', 'user.activated.v1', JSON.stringify({ data: canary('poison') }));
  account = await journeys.recover(customer);
  const staffToken = await journeys.staff(await journeys.register(), account);
  const { gateway, staff } = it.stack.addresses;
  const customerToken = (await journeys.register()).accessToken;
  const askers: Asker[] = [
    { baseUrl: gateway, token: undefined },
    { baseUrl: gateway, token: customerToken },
    { baseUrl: gateway, token: strangeToken() },
    { baseUrl: staff, token: staffToken },
  ];
  sprayed.statuses = await sprayRoutes(it.stack, askers, canaries);
  sprayed.outcomes = await sprayMethods(it.stack, [customerToken, staffToken, strangeToken()], canaries);
}, 300_000);
afterAll(() => sinks?.close());

function isAllowed({ sink, found }: Find): boolean {
  return allowed.some((one) => one.in.test(sink) && one.what.test(found.toLowerCase()));
}

describe('SR-85 what people and programs hand over', () => {
  test('reached every app, and failed in every way', () => {
    expect(new Set(sprayed.statuses)).toEqual(new Set([...sprayed.statuses, 200, 400, 401, 403, 404, 415, 422]));
    expect(sprayed.outcomes).toEqual(expect.arrayContaining(['ok', 'access.caller.unknown', 'auth.token.invalid']));
    expect(sprayed.outcomes).not.toContain('no connection');
    expect(sinks.sentry.envelopes().join('\n')).toContain('"type":"event"');
  });

  test('stands in no log, metric, message, cache, report or table that could be read', async () => {
    const finds = findsOf(canaries.values, await sinks.read()).filter((find) => !isAllowed(find));
    expect(finds.map(describeFind)).toEqual([]);
  });

  test('lies among the dead letters where a consumer could not read it', async () => {
    const isSetAside = (name: string) => name === 'the queues, dead letters among them';
    const found = async () =>
      findsOf(
        { poison: `${canaryMark}poison` },
        (await sinks.read()).filter(({ name }) => isSetAside(name)),
      );
    await expect.poll(async () => (await found()).length, { timeout: 10_000 }).toBeGreaterThan(0);
  });

  test('is looked for in places that tell of what happened', async () => {
    // The search does find what may be there.
    const told = findsOf({ user: account.userId }, await sinks.read()).map(({ sink }) => sink);
    const wanted = ['the broker', 'the schema auth', 'the schema profile', 'the schema mfa', 'the schema device'];
    for (const name of [...wanted, 'the schema admin', "the platform's Audit service", 'auth.log', 'profile.log']) {
      expect(told).toContain(name);
    }
  });

  test('is looked for in the metrics of every process', async () => {
    const metrics = (await sinks.read()).filter(({ name }) => name.startsWith(metricsOf));
    const processes = appNames.flatMap((app) => [app, `${app}-2`]);
    expect(metrics.map(({ name }) => name)).toEqual(processes.map((name) => `${metricsOf}${name}`));
    for (const { text } of metrics) expect(text).toMatch(/^# TYPE /m);
  });

  test('would be found in each of them', async () => {
    // No canary: the logs are kept, and searched for canaries once more.
    const leak = `leak${randomBytes(12).toString('hex')}`;
    await sinks.leak(leak);
    // Nobody but a process itself writes into its metrics.
    const names = (await sinks.read()).map(({ name }) => name).filter((name) => !name.startsWith(metricsOf));
    const missing = async () => {
      const found = new Set(findsOf({ leak }, await sinks.read()).map(({ sink }) => sink));
      return names.filter((name) => !found.has(name));
    };
    // A sandbox that invents entries would be refused by its own check of every hash; it is told of people above.
    await expect.poll(missing, { timeout: 10_000 }).toEqual(["the platform's Audit service"]);
  });
});

test('SR-86 the ledger is told of everything that matters', async () => {
  const Entry = v.object({
    type: v.literal('audit.entry_recorded.v1'),
    data: v.object({ entryId: v.string(), action: v.string(), outcome: v.string(), subject: v.string() }),
  });
  const entries = async () =>
    (await sinks.copy.messages()).flatMap(readableEvents).flatMap((event) => {
      const { success, output } = v.safeParse(Entry, event);
      return success && output.data.subject === account.userId ? [output.data] : [];
    });
  const told = async () => (await entries()).map(({ action, outcome }) => `${action} ${outcome}`);
  await expect
    .poll(told, { timeout: 10_000 })
    .toEqual(
      expect.arrayContaining([
        'auth.registration.verified AUDIT_OUTCOME_SUCCESS',
        'auth.sign_in.succeeded AUDIT_OUTCOME_SUCCESS',
        'profile.created AUDIT_OUTCOME_SUCCESS',
        'device.registered AUDIT_OUTCOME_SUCCESS',
        'profile.updated AUDIT_OUTCOME_SUCCESS',
        'auth.sign_in.failed AUDIT_OUTCOME_FAILURE',
        'auth.session.revoked AUDIT_OUTCOME_SUCCESS',
        'auth.delivery.sent AUDIT_OUTCOME_SUCCESS',
      ]),
    );
  const ids = (await entries()).map(({ entryId }) => entryId);
  await until(async () => {
    const ledger = await textOfSchema('admin', it.stack.owners.admin);
    return ids.every((id) => ledger.includes(id));
  });
});

function readableEvents({ payload, properties }: Message): readonly CloudEvent[] {
  try {
    return eventsOf(Buffer.from(payload), properties.content_type);
  } catch {
    return []; // what the tests leaked by hand
  }
}

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { appNames } from '@bank/scripts/stack';
import { until } from '@bank/testing';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Account, acceptedTerms, freshEmail, type Place, registerAccount } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { codeIn, waitForMessage } from '#inbox.ts';
import { testStack } from '#test-stack.ts';
import { type BrokerCopy, copyOfEverything } from './support/broker.ts';
import { textOfSchema } from './support/database.ts';
import { findsOf, type Sink } from './support/search.ts';

// Everything that is ever logged.
const it = testStack({ LOG_LEVEL: 'trace' });
let place: Place;
let copy: BrokerCopy;

beforeAll(async () => {
  const { addresses } = it.stack;
  place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
  copy = await copyOfEverything(it.stack);
});

describe('a journey of somebody with a name', () => {
  const person = {
    givenName: 'Zuzannah',
    middleName: 'Querida',
    familyName: 'Okonkwo-Brzeczyk',
    preferredName: 'Zuzkaqo',
    dateOfBirth: '1987-03-14',
    occupation: 'Glockenspiel tuner',
  };
  const secrets: Record<string, string> = {};
  let account: Account;

  /** What may stand nowhere: every token without its public half, and every way the person can be known. */
  function keep(name: string, token: string): void {
    secrets[name] = token.slice(token.lastIndexOf('.') + 1);
  }

  async function refreshed(refreshToken: string, body: object = {}) {
    const exchange = await place.client.send('POST', '/v1/auth/token/refresh', { body: { refreshToken, ...body } });
    if (exchange.status === 200) {
      keep(`refresh token ${Object.keys(secrets).length}`, expectStatus<Account>(exchange, 200).refreshToken);
    }
    return exchange;
  }

  async function mistakes({ client }: Place): Promise<void> {
    const stranger = `stranger.${freshEmail()}`;
    const wrong = 'not the right password at all';
    Object.assign(secrets, { stranger, wrong, misplaced: 'misplaced-in-a-query' });
    for (let tries = 0; tries < 6; tries += 1) {
      await client.send('POST', '/v1/auth/login', { body: { identifier: account.email, password: wrong } });
    }
    await client.send('POST', '/v1/auth/login', { body: { identifier: stranger, password: account.password } });
    await client.send('POST', '/v1/auth/login', {
      body: { identifier: `${stranger} `, password: wrong, extra: stranger },
    });
    await client.send('POST', '/v1/auth/register', {
      body: { email: account.email, password: account.password, acceptedTerms },
    });
    await client.send('GET', `/v1/auth/session?access_token=${secrets['misplaced']}`, {
      token: secrets['misplaced'] ?? '',
    });
  }

  beforeAll(async () => {
    const email = `Zuzannah.${freshEmail()}`;
    const phone = '+4915112345678';
    account = await registerAccount(place, { email, phone, device: { name: 'Phone of Zuzannah', platform: 'ios' } });
    const { client, inboxUrl } = place;
    Object.assign(secrets, person, { email, phone, password: account.password, device: 'Phone of Zuzannah' });
    secrets['code'] = codeIn(await waitForMessage(inboxUrl, email, 'registration-code'));
    keep('access token', account.accessToken);
    keep('refresh token at registration', account.refreshToken);
    keep('device secret', account.device.secret);

    const token = account.accessToken;
    expectStatus(await client.send('GET', '/v1/auth/me', { token }), 200);
    const profile = await client.sendUntil(({ status }) => status === 200, 5_000, 'GET', '/v1/profile', { token });
    const headers = { 'if-match': profile.headers.get('etag') ?? '' };
    expectStatus(await client.send('PATCH', '/v1/profile', { token, body: person, headers }), 200);
    expectStatus(await client.send('PATCH', '/v1/profile', { token, body: person, headers }), 412);
    await mistakes(place);

    const device = { secret: account.device.secret };
    const second = expectStatus<Account>(await refreshed(account.refreshToken, { device }), 200);
    expectStatus(await refreshed(second.refreshToken, { device }), 200);
    expectStatus(await refreshed(account.refreshToken), 401);
    for (const template of ['account-locked', 'registration-attempted', 'refresh-token-reuse']) {
      await waitForMessage(inboxUrl, email, template);
    }
  }, 60_000);

  async function sinks(): Promise<Sink[]> {
    const messages = await copy.messages();
    const schemas = await Promise.all(appNames.map((app) => textOfSchema(app, it.stack.owners[app])));
    return [
      { name: 'the broker', text: messages.map((message) => JSON.stringify(message)).join('\n') },
      { name: 'the database', text: schemas.join('\n') },
      ...it.stack.logFiles().map((file) => ({ name: basename(file), text: readFileSync(file, 'utf8') })),
    ];
  }

  test('SR-85 leaves nothing of him in logs, messages and tables that could be read', async () => {
    const places = await sinks();
    expect(findsOf(secrets, places)).toEqual([]);
    // The search does find what may be there.
    const found = findsOf({ user: account.userId }, places).join('\n');
    for (const name of ['the broker', 'the database', 'auth.log', 'profile.log']) {
      expect(found).toContain(`in ${name},`);
    }
    expect(places.map(({ name }) => name)).toContain('access.log');
  });

  test('SR-86 tells the ledger of everything that matters', async () => {
    const Entry = v.object({
      type: v.literal('audit.entry_recorded.v1'),
      data: v.object({ entryId: v.string(), action: v.string(), outcome: v.string(), subject: v.string() }),
    });
    const entries = async () =>
      (await copy.messages()).flatMap(({ payload }) => {
        const { success, output } = v.safeParse(Entry, JSON.parse(payload));
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
          'auth.sign_in.locked AUDIT_OUTCOME_DENIED',
          'auth.token.reuse_detected AUDIT_OUTCOME_DENIED',
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
});

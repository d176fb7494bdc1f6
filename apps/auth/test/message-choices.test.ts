import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { encodeEvent, SettingsUpdatedSchema } from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type DeliveryRow, deliver, deliveriesBy, deliveryIn } from './support/messages.ts';
import { noChoices } from './support/neighbours.ts';

const auth = await startAuth();
const account: Account = await register(auth);

beforeEach(() => {
  auth.neighbours.settings = noChoices;
  auth.neighbours.asked.settings.length = 0;
});

/** Writes to the user and gives the row of the message. */
async function write(message: { template: string; params: Record<string, string> }, seconds = 86_400) {
  const before = (await deliveriesBy(auth, 'email')).length;
  const expiresAt = new Date(auth.clock.now().getTime() + seconds * 1000);
  await deliver(auth, { to: { userId: account.id }, channel: 'email', expiresAt, ...message });
  const row = await until(async () => (await deliveriesBy(auth, 'email'))[before], { what: 'the message' });
  return row.id;
}

function waiting(id: string, failure: string): Promise<DeliveryRow> {
  return until(
    async () => (await deliveriesBy(auth, 'email')).find((row) => row.id === id && row.failure === failure),
    { what: `the message to wait for ${failure}` },
  );
}

/** Quiet hours around now, until `minutes` from now by the clock of UTC. */
function quietFor(minutes: number) {
  const clockAt = (offset: number) =>
    new Date(auth.clock.now().getTime() + offset * 60_000).toISOString().slice(11, 16);
  return { ...noChoices, quietHours: { from: clockAt(-60), to: clockAt(minutes) } };
}

async function counted(outcome: string): Promise<number> {
  const text = await auth.ctx.metrics.text();
  const pattern = new RegExp(`^message_choices_total\\{.*category="account".*outcome="${outcome}".*\\} (\\d+)$`, 'm');
  return Number(pattern.exec(text)?.[1] ?? 0);
}

describe('a message that its reader can do without', () => {
  it('is sent where nothing was chosen', async () => {
    await deliveryIn(auth, await write(messageOf('welcome', {})), 'sent');
    expect(auth.neighbours.asked.settings).toEqual([account.id]);
  });

  it('is suppressed when it is switched off, wiped, counted and told to the ledger', async () => {
    auth.neighbours.settings = { ...noChoices, switchedOff: new Set(['email account']) };
    const id = await write(messageOf('welcome', {}));
    const row = await deliveryIn(auth, id, 'suppressed');
    expect(row).toMatchObject({ failure: 'SWITCHED_OFF', content: null, provider: null });
    expect(await counted('switched_off')).toBe(1);
    expect(await auth.ctx.metrics.text()).toMatch(/message_deliveries_total\{.*state="suppressed".*\} 1/);
    const told = await auth.database.query(
      `select 1 from auth.outbox where data ->> 'action' = 'auth.delivery.suppressed'
        and data -> 'details' ->> 'deliveryId' = $1 and data ->> 'reason' = 'SWITCHED_OFF'`,
      [id],
    );
    expect(told).toHaveLength(1);
  });

  it('waits for the end of quiet hours, and is sent then', async () => {
    auth.neighbours.settings = quietFor(90);
    const id = await write(messageOf('welcome', {}));
    const row = await waiting(id, 'QUIET_HOURS');
    const waits = (row['next_attempt_at'] as Date).getTime() - auth.clock.now().getTime();
    expect(waits).toBeGreaterThan(88 * 60_000);
    expect(waits).toBeLessThanOrEqual(90 * 60_000);
    expect(row).toMatchObject({ state: 'pending', content: expect.anything() });
    auth.clock.advance(91 * 60_000);
    await deliveryIn(auth, id, 'sent');
  });

  it('is sent in quiet hours when it would be too late at their end', async () => {
    auth.neighbours.settings = quietFor(90);
    await deliveryIn(auth, await write(messageOf('welcome', {}), 3600), 'sent');
    expect(await counted('late')).toBe(1);
  });

  it('is tried again while profile is away', async () => {
    auth.neighbours.settings = undefined;
    const id = await write(messageOf('welcome', {}));
    expect(await waiting(id, 'SETTINGS_AWAY')).toMatchObject({ state: 'pending', attempts: 1 });
    auth.neighbours.settings = noChoices;
    auth.clock.advance(6000);
    await deliveryIn(auth, id, 'sent');
  });
});

describe('a message about security', () => {
  it('is sent at once, whatever was chosen and whether profile is away, and nobody is asked', async () => {
    const changed = messageOf('password-changed', { at: auth.clock.now() });
    const everythingOff = new Set(['email security', 'email account'] as const);
    for (const settings of [{ ...quietFor(90), switchedOff: everythingOff }, undefined]) {
      auth.neighbours.settings = settings;
      await deliveryIn(auth, await write(changed), 'sent');
    }
    expect(auth.neighbours.asked.settings).toEqual([]);
  });
});

describe('settings.updated.v1', () => {
  const localeOf = async () => {
    const [row] = await auth.database.query<{ locale: string | null }>('select locale from auth.users where id = $1', [
      account.id,
    ]);
    return row?.locale;
  };

  async function tell(changedFields: string[], version = 1n): Promise<void> {
    const id = uuidv7();
    const facts = { userId: account.id, version, changedFields, updatedAt: timestampNow() };
    await publishEvents(auth, 'profile', [{ id, subject: account.id, ...encodeEvent(SettingsUpdatedSchema, facts) }]);
  }

  it('brings the language for messages that ask nobody, and nothing older than what is known', async () => {
    auth.neighbours.settings = { ...noChoices, version: 5, language: 'fr' };
    await tell(['language']);
    await until(async () => (await localeOf()) === 'fr');
    // What is told of now was read before: by the time it is written there is a newer one.
    auth.neighbours.settings = { ...noChoices, version: 4, language: 'de' };
    await tell(['language']);
    await until(() => auth.neighbours.asked.settings.length === 2);
    auth.neighbours.settings = { ...noChoices, version: 6, language: undefined };
    await tell(['language', 'currency']);
    await until(async () => (await localeOf()) === null);
    await tell(['currency']);
    await until(async () => (await auth.broker.depth('auth.events')) === 0);
    expect(auth.neighbours.asked.settings).toHaveLength(3);
  });

  it('asks again where profile answers with what was before', async () => {
    auth.neighbours.settings = { ...noChoices, version: 7, language: 'it' };
    await tell(['language'], 8n);
    await until(() => auth.neighbours.asked.settings.length === 1);
    auth.neighbours.settings = { ...noChoices, version: 8, language: 'es' };
    await until(async () => (await localeOf()) === 'es');
  });
});

import { randomBytes } from 'node:crypto';
import { Secret, uuidv7 } from '@bank/domain';
import { createPublisher, topology } from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { serviceAddress, until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolResult } from '#checks/tool.ts';
import { brokerUser, operatorBroker, provisionBroker, removeVhost } from '#stack/provisioning/broker.ts';
import { appNames } from '#stack/settings/apps.ts';
import { callManagement } from '#stack/stores/broker-management.ts';
import { ops, opsProcess } from '#test/ops-command.ts';

const broker = {
  url: serviceAddress('TEST_RABBITMQ_URL'),
  managementUrl: serviceAddress('TEST_RABBITMQ_MANAGEMENT_URL'),
};
const vhost = `ops_${randomBytes(4).toString('hex')}`;
const passwordOf = (user: string) => `password-of-${user}`;
const administrator = new Secret(`${broker.url.replace(/\/$/, '')}/${vhost}`);
const publisher = createPublisher({
  url: administrator,
  service: 'test',
  logger: createLogger({ service: 'test', level: 'silent' }),
});

beforeAll(() => provisionBroker(broker, vhost, passwordOf, () => undefined));
afterAll(async () => {
  await publisher.close();
  await removeVhost(broker, vhost);
  for (const role of [...appNames, 'operator'] as const) {
    await callManagement(broker, 'DELETE', `users/${brokerUser(vhost, role)}`);
  }
});

/** `pnpm ops dlq …` with the rights of an operator. */
async function dlq(...args: string[]): Promise<{ status: number; text: string }> {
  return textOf(await ops(['dlq', ...args], env()));
}

const env = () => ({ OPERATOR_RABBITMQ_URL: operatorBroker(broker, vhost, passwordOf).url });
const textOf = ({ status, stdout, stderr }: ToolResult) => ({ status, text: stdout + stderr });

async function givenLetter(queue: string, id = uuidv7()): Promise<string> {
  const before = await publisher.depth(`${queue}.dead`);
  await publisher.publish([
    {
      id,
      exchange: `${queue.split('.')[0]}.recovery`,
      routingKey: `${queue}.dead`,
      type: 'user.activated.v1',
      contentType: 'application/json',
      body: Buffer.from('{"secret":"content"}'),
      headers: { 'x-failures': 5, 'x-failure-reason': 'Error at store', 'x-request-id': 'request-7' },
      time: new Date(),
    },
  ]);
  await until(async () => (await publisher.depth(`${queue}.dead`)) > before);
  return id;
}

describe('pnpm ops dlq list', () => {
  it('ends with 0 where nothing lies', async () => {
    expect(await dlq('list')).toEqual({ status: 0, text: 'no dead letters\n' });
  });

  it('ends with 1, and says what lies there and why, without its content', async () => {
    const id = await givenLetter('mfa.events');
    const { status, text } = textOf(await opsProcess(['dlq', 'list'], env()));
    expect(status).toBe(1);
    expect(text).toContain(
      `mfa.events: 1\n  ${id}  user.activated.v1  Error at store  (5 failures, request request-7)\n`,
    );
    expect(text).not.toContain('content');
    expect(JSON.parse((await dlq('list', 'mfa.events', '--json')).text)).toMatchObject([
      { queue: 'mfa.events', letters: [{ id, failures: 5, tooOld: false }] },
    ]);
    expect((await dlq('list', 'device.events')).status).toBe(0);
  });

  it('ends with 2 when it cannot tell', async () => {
    expect(await dlq('list', 'no.queue')).toEqual({
      status: 2,
      text: expect.stringContaining('there is no queue no.queue'),
    });
    expect((await dlq('list', '--limit', 'many')).text).toContain('usage: pnpm ops dlq list');
    expect((await dlq('lost')).text).toContain('dlq list | dlq replay | dlq discard');
  });
});

describe('pnpm ops dlq replay', () => {
  it('puts back what was named, and ends with 1 when something named does not lie there', async () => {
    const [one, other] = [await givenLetter('profile.events'), await givenLetter('profile.events')];
    expect(await dlq('replay', 'profile.events', '--id', one)).toEqual({
      status: 0,
      text: 'profile.events: 1 replayed\n',
    });
    await until(async () => (await publisher.depth('profile.events')) === 1);
    expect(await dlq('replay', 'profile.events', '--id', one)).toEqual({
      status: 1,
      text: `profile.events: 0 replayed\n  ${one} does not lie there\n`,
    });
    expect((await dlq('list', 'profile.events')).text).toContain(other);
  });

  it('puts back all, but none that an inbox may have forgotten; that one can be discarded', async () => {
    const weekMs = 7 * 24 * 3_600_000;
    const old = await givenLetter('device.events', uuidv7(Date.now() - (topology.deadLetterWeeks + 1) * weekMs));
    await givenLetter('device.events');
    const { status, text } = await dlq('replay', 'device.events', '--all');
    expect(status).toBe(1);
    expect(text).toContain('device.events: 1 replayed\n');
    expect(text).toContain(`${old} is older than 12 weeks and stays`);
    expect((await dlq('discard', 'device.events', '--id', old)).status).toBe(0);
    expect((await dlq('list', 'device.events')).status).toBe(0);
  });

  it('SR-86 loses no entry of the ledger: it is not discarded, and replayed at any age', async () => {
    const weekMs = 7 * 24 * 3_600_000;
    const entry = await givenLetter('admin.audit', uuidv7(Date.now() - (topology.deadLetterWeeks + 1) * weekMs));
    expect((await dlq('list', 'admin.audit')).text).not.toContain('too old');
    expect(await dlq('discard', 'admin.audit', '--id', entry)).toEqual({
      status: 1,
      text: `admin.audit: 0 discarded\n  ${entry} is an entry of the ledger and stays: replay it\n`,
    });
    expect(await dlq('replay', 'admin.audit', '--all')).toEqual({ status: 0, text: 'admin.audit: 1 replayed\n' });
    await until(async () => (await publisher.depth('admin.audit')) === 1);
  });

  it('does nothing without being told which', async () => {
    const alone = textOf(await opsProcess(['dlq', 'replay', 'profile.events'], env()));
    expect(alone).toEqual({ status: 2, text: expect.stringContaining('usage:') });
    expect(await dlq('discard', 'profile.events', '--all')).toEqual({
      status: 2,
      text: expect.stringContaining('usage:'),
    });
  });
});

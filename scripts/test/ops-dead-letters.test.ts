import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { Secret, uuidv7 } from '@bank/domain';
import { createPublisher, topology } from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { serviceAddress, temporaryFolder, until } from '@bank/testing';
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
const provisioning = { passwordOf, report: () => undefined, remake: false };
const administrator = new Secret(`${broker.url.replace(/\/$/, '')}/${vhost}`);
const publisher = createPublisher({
  url: administrator,
  service: 'test',
  logger: createLogger({ service: 'test', level: 'silent' }),
});

beforeAll(() => provisionBroker(broker, vhost, provisioning));
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

async function givenLetter(
  queue: string,
  id = uuidv7(),
  content = '{"secret":"content"}',
  contentType = 'application/json',
): Promise<string> {
  const before = await publisher.depth(`${queue}.dead`);
  await publisher.publish([
    {
      id,
      exchange: `${queue.split('.')[0]}.recovery`,
      routingKey: `${queue}.dead`,
      type: 'user.activated.v1',
      contentType,
      body: Buffer.from(content),
      headers: { 'x-failures': 5, 'x-failure-reason': 'Error at store', 'x-request-id': 'request-7' },
      time: new Date(),
    },
  ]);
  await until(async () => (await publisher.depth(`${queue}.dead`)) > before);
  return id;
}

/** Takes what lies in a queue, of which nobody takes anything here. */
async function waiting(queue: string): Promise<readonly { payload: string }[]> {
  const request = { count: 1000, ackmode: 'ack_requeue_false', encoding: 'auto' };
  const got = await callManagement(broker, 'POST', `queues/${encodeURIComponent(vhost)}/${queue}/get`, request);
  return got as { payload: string }[];
}

/** The entries that wait for the ledger; the queue is empty afterwards. */
async function told(): Promise<readonly object[]> {
  return (await waiting('admin.audit')).map(({ payload }) => JSON.parse(payload).data);
}

const digestOf = (content: string) => createHash('sha256').update(content).digest('hex');

function entry(command: string, queue: string, id: string, changes: { outcome?: string; content?: string } = {}) {
  const { outcome = 'SUCCESS', content = '{"secret":"content"}' } = changes;
  return expect.objectContaining({
    action: 'operator.command_run',
    source: 'ops',
    actor: { kind: 'ACTOR_KIND_SYSTEM', id: 'ops' },
    subject: id,
    outcome: `AUDIT_OUTCOME_${outcome}`,
    details: {
      ...{ command, queue, type: 'user.activated.v1', digest: digestOf(content) },
      ...{ account: userInfo().username, host: hostname() },
    },
  });
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

  it('SR-86 says how many entries a message of many holds, which goes back entry by entry', async () => {
    const batch = 'application/cloudevents-batch+json; charset=utf-8';
    const single = 'application/cloudevents+json; charset=utf-8';
    const entries = [{ id: 'one', data: 'content' }, { id: 'two', data: 'content' }, { data: 'content' }];
    const content = JSON.stringify(entries);
    const id = await givenLetter('admin.audit', uuidv7(), content, batch);
    const { text } = await dlq('list', 'admin.audit');
    expect(text).toContain(`  ${id}  user.activated.v1  Error at store  (3 events, 5 failures, request request-7)\n`);
    expect(text).not.toContain('content');
    expect((await dlq('replay', 'admin.audit', '--id', id)).status).toBe(0);
    await until(async () => (await publisher.depth('admin.audit')) === 4);
    expect((await waiting('admin.audit')).slice(1)).toMatchObject(
      entries.map((each) => ({
        payload: JSON.stringify(each),
        properties: { content_type: single, message_id: each.id ?? id },
      })),
    );
    expect((await dlq('list', 'admin.audit')).status).toBe(0);
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
    // SR-86: who did it, to what and from where; nothing of what was only asked for.
    expect(await told()).toEqual([entry('dlq replay', 'profile.events', one)]);
  });

  it('puts back all, but none that an inbox may have forgotten; that one can be discarded', async () => {
    const weekMs = 7 * 24 * 3_600_000;
    const old = await givenLetter('device.events', uuidv7(Date.now() - (topology.deadLetterWeeks + 1) * weekMs));
    const young = await givenLetter('device.events');
    const { status, text } = await dlq('replay', 'device.events', '--all');
    expect(status).toBe(1);
    expect(text).toContain('device.events: 1 replayed\n');
    expect(text).toContain(`${old} is older than 12 weeks and stays`);
    expect((await dlq('discard', 'device.events', '--id', old)).status).toBe(0);
    expect((await dlq('list', 'device.events')).status).toBe(0);
    const of = (command: string, id: string) => entry(command, 'device.events', id);
    expect(await told()).toEqual([of('dlq replay', young), of('dlq discard', old)]);
  });

  it('SR-86 does nothing to a letter that the ledger cannot be told of', async () => {
    const id = await givenLetter('auth.events');
    const exchange = `exchanges/${encodeURIComponent(vhost)}/user-service.audit`;
    await callManagement(broker, 'DELETE', exchange);
    for (const args of [
      ['replay', 'auth.events', '--all'],
      ['discard', 'auth.events', '--id', id],
    ]) {
      expect(await dlq(...args)).toEqual({ status: 2, text: expect.stringMatching(/^error: /) });
    }
    await provisionBroker(broker, vhost, provisioning);
    expect((await dlq('list', 'auth.events')).text).toContain(id);
    expect(await publisher.depth('auth.events')).toBe(0);
  });

  it('SR-86 loses no entry of the ledger: it is not discarded, and replayed at any age', async () => {
    const weekMs = 7 * 24 * 3_600_000;
    const late = await givenLetter('admin.audit', uuidv7(Date.now() - (topology.deadLetterWeeks + 1) * weekMs));
    expect((await dlq('list', 'admin.audit')).text).not.toContain('too old');
    expect(await dlq('discard', 'admin.audit', '--id', late)).toEqual({
      status: 1,
      text: `admin.audit: 0 discarded\n  ${late} is an entry of the ledger and stays: replay it\n`,
    });
    expect(await dlq('replay', 'admin.audit', '--all')).toEqual({ status: 0, text: 'admin.audit: 1 replayed\n' });
    const of = (command: string, outcome: string) => entry(command, 'admin.audit', late, { outcome });
    await until(async () => (await publisher.depth('admin.audit')) === 3);
    expect(await told()).toEqual([of('dlq discard', 'DENIED'), of('dlq replay', 'SUCCESS'), undefined]);
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

describe('pnpm ops dlq discard --save', () => {
  const folder = temporaryFolder('ops-dead-letters');
  const files = { torn: join(folder, 'torn'), entry: join(folder, 'entry'), event: join(folder, 'event') };

  it('SR-86 removes what no release can read as an entry, when its body is in a file and the ledger has its digest', async () => {
    const torn = '{"specversion":"1.0","id":"to';
    const id = await givenLetter('admin.audit', uuidv7(), torn);
    const text = `admin.audit: 1 discarded, whose body is in ${files.torn}\n`;
    expect(await dlq('discard', 'admin.audit', '--id', id, '--save', files.torn)).toEqual({ status: 0, text });
    expect(readFileSync(files.torn, 'utf8')).toBe(torn);
    expect(await told()).toEqual([entry('dlq discard', 'admin.audit', id, { content: torn })]);
    const again = await dlq('discard', 'admin.audit', '--id', id, '--save', `${files.torn}-again`);
    expect(again).toEqual({ status: 1, text: `admin.audit: 0 discarded\n  ${id} does not lie there\n` });
    expect(existsSync(`${files.torn}-again`)).toBe(false);
  });

  it('SR-86 keeps it while the file cannot be had', async () => {
    const id = await givenLetter('admin.audit', uuidv7(), 'torn');
    const { status, text } = await dlq('discard', 'admin.audit', '--id', id, '--save', files.torn);
    expect([status, text]).toEqual([2, `error: ${files.torn} exists: nothing is overwritten\n`]);
    expect((await dlq('list', 'admin.audit')).text).toContain(id);
    expect(await told()).toEqual([]);
    expect((await dlq('replay', 'admin.audit', '--all')).status).toBe(0);
    await callManagement(broker, 'DELETE', `queues/${encodeURIComponent(vhost)}/admin.audit/contents`);
  });

  it('SR-86 keeps an entry, of this release or another, and is for the ledger alone', async () => {
    const attributes = { specversion: '1.0', id: 'e', source: '/s', subject: 's', time: new Date().toISOString() };
    const event = { ...attributes, dataschema: 'proto:x', datacontenttype: 'application/json' };
    const readable = { ...event, type: 'audit.entry_recorded.v1', data: { entryId: 'e' } };
    const later = { ...event, type: 'audit.entry_recorded.v2', data: 'whatever that is' };
    for (const body of [readable, later, ['torn', readable]]) {
      const content = JSON.stringify(body);
      const form = Array.isArray(body) ? 'cloudevents-batch+json' : 'cloudevents+json';
      const id = await givenLetter('admin.audit', uuidv7(), content, `application/${form}`);
      const text = `admin.audit: 0 discarded\n  ${id} is no unreadable entry of the ledger and stays: replay it, or discard it without --save\n`;
      expect(await dlq('discard', 'admin.audit', '--id', id, '--save', files.entry)).toEqual({ status: 1, text });
      expect(await told()).toEqual([entry('dlq discard', 'admin.audit', id, { content, outcome: 'DENIED' })]);
    }
    const id = await givenLetter('mfa.events');
    expect((await dlq('discard', 'mfa.events', '--id', id, '--save', files.event)).status).toBe(1);
    expect([existsSync(files.entry), existsSync(files.event)]).toEqual([false, false]);
    const two = ['--id', id, '--id', 'other', '--save', files.event];
    expect((await dlq('discard', 'mfa.events', ...two)).text).toContain('usage: pnpm ops dlq discard');
  });
});

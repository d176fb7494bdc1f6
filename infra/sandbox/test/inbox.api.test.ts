import { describe, expect, test } from 'vitest';
import { runningSandbox } from './running.ts';

describe('GET /api/messages', () => {
  test('answers with what was sent, newest first', async () => {
    const { send, messages } = await runningSandbox();
    await send({
      to: 'ada@bank.example',
      subject: 'Grüße',
      text: 'code 048291',
      html: '<b>048291</b>',
      headers: { 'X-Template': 'welcome' },
    });
    await send({ to: 'bob@bank.example' });
    const [newest, oldest] = await messages();
    expect(newest?.to).toBe('bob@bank.example');
    expect(oldest).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      channel: 'email',
      to: 'ada@bank.example',
      subject: 'Grüße',
      text: expect.stringContaining('code 048291'),
      html: expect.stringContaining('<b>048291</b>'),
      template: 'welcome',
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  test('filters by address and channel', async () => {
    const { send, messages } = await runningSandbox();
    await send({ to: ['ada@bank.example', 'bob@bank.example'] });
    expect(await messages('?to=Ada@bank.example')).toHaveLength(1);
    expect(await messages('?to=ada%2Bx@bank.example')).toHaveLength(0);
    expect(await messages('?channel=email')).toHaveLength(2);
    expect(await messages('?to=ada@bank.example&channel=sms')).toHaveLength(0);
  });

  test('400 for a channel that does not exist', async () => {
    const { at } = await runningSandbox();
    expect((await fetch(at('/api/messages?channel=fax'))).status).toBe(400);
  });
});

describe('DELETE /api/messages', () => {
  test('204, and they are gone', async () => {
    const { at, send, messages } = await runningSandbox();
    await send({ to: 'ada@bank.example' });
    const answer = await fetch(at('/api/messages'), { method: 'DELETE' });
    expect([answer.status, await messages()]).toEqual([204, []]);
  });
});

test('health', async () => {
  const { at } = await runningSandbox();
  expect(await (await fetch(at('/health/ready'))).json()).toEqual({ status: 'ready' });
  expect((await fetch(at('/health/live'))).status).toBe(200);
});

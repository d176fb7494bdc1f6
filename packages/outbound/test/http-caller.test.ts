import { type HttpAnswer, testHttpServer } from '@bank/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpCaller, type HttpCallerOptions, isAway, NoReply } from '#index.ts';

async function api(answer: HttpAnswer | undefined, options: Omit<HttpCallerOptions, 'baseUrl'> = {}) {
  const server = await testHttpServer(() => answer);
  onTestFinished(server.close);
  const caller = createHttpCaller({ baseUrl: `${server.url}/v3`, ...options });
  return { ...server, caller };
}

const call = { method: 'GET', path: 'banks/NG', headers: {} } as const;

test('a call goes below the base address, and its answer comes back as JSON', async () => {
  const { caller, calls } = await api({ status: 200, body: { banks: 1 }, headers: { 'x-id': 'a' } });
  const headers = { authorization: 'Bearer key' };
  const reply = await caller.call({ ...call, headers, query: { name: 'a b&c' } });
  expect(reply).toMatchObject({ status: 200, body: { banks: 1 } });
  expect(reply.headers.get('x-id')).toBe('a');
  expect(calls).toMatchObject([{ method: 'GET', path: '/v3/banks/NG?name=a+b%26c', headers }]);
});

test('a body goes along', async () => {
  const { caller, calls } = await api({ status: 201 });
  const reply = await caller.call({ ...call, method: 'POST', body: '{"a":1}' });
  expect([reply.status, reply.body, calls[0]?.body]).toEqual([201, undefined, '{"a":1}']);
});

describe('SR-75', () => {
  test.each(['/banks', '../banks', 'https://evil.example/v3/banks', '//evil.example/v3', 'banks/../../x'])(
    'no path leads out of the API: %s',
    async (path) => {
      const { caller, calls } = await api({ status: 200 });
      await expect(caller.call({ ...call, path })).rejects.toBeInstanceOf(RangeError);
      expect(calls).toEqual([]);
    },
  );

  test('no redirect is followed, not even to the same host', async () => {
    const { caller, calls } = await api({ status: 302, headers: { location: '/v3/elsewhere' } });
    await expect(caller.call(call)).rejects.toEqual(new NoReply('network'));
    expect(calls).toHaveLength(1);
  });

  test('no answer is read beyond its limit', async () => {
    const { caller } = await api({ status: 200, body: 'x'.repeat(2000) }, { replyBytesMax: 1000 });
    expect(await caller.call(call)).toMatchObject({ status: 200, body: undefined });
  });

  test('no answer is waited for beyond the deadline', async () => {
    const { caller } = await api(undefined, { deadlineMs: 50 });
    await expect(caller.call(call)).rejects.toEqual(new NoReply('deadline'));
  });
});

test('who is not there is told from who is too slow, and from what was given up; no address is repeated', async () => {
  const { caller, close } = await api(undefined);
  const waiting = caller.call(call);
  caller.close();
  await expect(waiting).rejects.toEqual(new NoReply('closed'));
  await close();
  const gone = createHttpCaller({ baseUrl: 'http://127.0.0.1:1' });
  const error = await gone.call({ ...call, query: { account: '0123456789' } }).catch((thrown: unknown) => thrown);
  expect(error).toEqual(new NoReply('network'));
  expect(JSON.stringify([error, String(error), (error as Error).cause])).not.toContain('0123456789');
});

test.each([
  [200, false],
  [400, false],
  [422, false],
  [401, true],
  [403, true],
  [404, true],
  [429, true],
  [500, true],
  [503, true],
])('status %i shows that the provider is away: %s', (status, away) => {
  expect(isAway(status)).toBe(away);
});

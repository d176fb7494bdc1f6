import { describe, expect, test } from 'vitest';
import { inTime } from '#pause.ts';
import { clientOf } from './gateway.ts';

describe('what the load is answered', () => {
  test('is noted with its route, its request id, and what a client is told of a refusal', async () => {
    const { url, journal, client } = await clientOf(({ method, url: path, headers }, response) => {
      response.writeHead(503, { 'retry-after': '2' });
      response.end(JSON.stringify({ code: 'service.unavailable', told: { method, path, headers } }));
    });
    const sent = { id: '7', body: { a: 1 }, token: 'secret', kind: 'device' } as const;
    const { status, body, requestId } = await client.send('PATCH', '/v1/devices/:id', sent);
    expect([status, body]).toMatchObject([
      503,
      {
        told: {
          method: 'PATCH',
          path: '/v1/devices/7',
          headers: {
            'x-request-id': requestId,
            origin: url,
            authorization: 'Bearer secret',
            'content-type': 'application/json',
          },
        },
      },
    ]);
    expect(requestId).toMatch(/^chaos\.device\./);
    const noted = { route: 'PATCH /v1/devices/:id', requestId, status: 503, code: 'service.unavailable' };
    expect(journal.answers).toMatchObject([{ ...noted, hasRetryAfter: true }]);
  });

  test('may be nothing at all, which is noted as 0', async () => {
    const { journal, client } = await clientOf(({ socket }) => socket.destroy());
    expect(await client.send('GET', '/v1/profile')).toMatchObject({ status: 0, body: undefined });
    const link = { url: 'http://127.0.0.1:1/', method: 'PUT', headers: {} };
    expect(await client.sendFile(link, new Uint8Array([1]))).toBe(false);
    expect(journal.answers).toMatchObject([
      { route: 'GET /v1/profile', status: 0, hasRetryAfter: false },
      { route: 'PUT of an upload', status: 0, hasRetryAfter: false },
    ]);
  });

  test('may be empty, and says whether a file was taken', async () => {
    const { url, journal, client } = await clientOf((_request, response) => response.writeHead(204).end());
    expect(await client.send('GET', '/v1/profile')).toMatchObject({ status: 204, body: undefined });
    expect(await client.sendFile({ url, method: 'PUT', headers: { 'x-part': '1' } }, new Uint8Array([1]))).toBe(true);
    expect(journal.answers.map(({ status }) => status)).toEqual([204, 204]);
  });
});

describe('waiting until something is so', () => {
  test('asks again, also after a question that failed', async () => {
    let asked = 0;
    const isSo = async () => {
      asked += 1;
      if (asked === 1) throw new Error('away');
      return asked === 3;
    };
    expect(await inTime(isSo, 5000, 1)).toBe(true);
    expect(asked).toBe(3);
  });

  test('ends when the time is over', async () => {
    expect(await inTime(async () => false, 20, 5)).toBe(false);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '@bank/testing';
import { expect, onTestFinished, test } from 'vitest';
import { requestContext, startErrorTracking } from '#index.ts';

async function ingest() {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { bodies, dsn: `http://key@127.0.0.1:${port}/1` };
}

test('SR-85: a report tells type, code, place and allow-listed context, and nothing else', async () => {
  const { bodies, dsn } = await ingest();
  const tracker = await startErrorTracking({ dsn, environment: 'test', release: '1.2.3', service: 'auth' });
  const error = Object.assign(new Error('insert hunter2', { cause: new Error('hunter2 below') }), {
    code: '23505',
    detail: 'hunter2',
  });
  requestContext.run({ requestId: 'r-1', traceparent: '00-a-b-01', clientAddress: '203.0.113.77' }, () => {
    // @ts-expect-error a field that is not on the list does not compile
    tracker.capture(error, { queue: 'auth.events', body: 'hunter2', reason: 'ada@bank.example' });
  });
  await tracker.close();
  const report = await until(() => bodies.find((body) => body.includes('"exception"')));
  expect(report).not.toMatch(/hunter2|ada@|203\.0\.113\.77/);
  const event = JSON.parse(report.split('\n')[2] ?? '') as Record<string, unknown>;
  expect(event).toMatchObject({
    environment: 'test',
    release: '1.2.3',
    server_name: 'auth',
    tags: { requestId: 'r-1' },
    extra: { queue: 'auth.events', body: '[redacted]', code: '23505' },
  });
  expect(JSON.stringify(event['exception'])).toContain('error-tracker.test.ts');
  expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['request', 'user', 'breadcrumbs']));
});

test('without a DSN nothing is loaded and nothing happens', async () => {
  const tracker = await startErrorTracking({ environment: 'test', release: '1', service: 'auth' });
  tracker.capture(new Error('x'));
  await expect(tracker.close()).resolves.toBeUndefined();
});

import { expect, test } from 'vitest';
import { createMetrics } from '#metrics/metrics.ts';

async function series(metrics: { text(): Promise<string> }, name: string): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

test('every series carries the service, and the process is measured from the start', async () => {
  const metrics = createMetrics({ service: 'auth' });
  expect(await series(metrics, 'nodejs_eventloop_lag_p99_seconds{service="auth"}')).toHaveLength(1);
  expect(await series(metrics, 'process_resident_memory_bytes{service="auth"}')).toHaveLength(1);
});

test('requests are measured by route template and method; invented methods are one series', async () => {
  const metrics = createMetrics({ service: 'auth' });
  metrics.observeHttp({ method: 'GET', route: '/v1/devices/:id', status: 200 }, 0.02);
  for (const method of ['BREW', 'HUNTER2']) metrics.observeHttp({ method, route: 'unmatched', status: 405 }, 0.001);
  const counts = await series(metrics, 'http_request_duration_seconds_count');
  expect(counts).toEqual([
    'http_request_duration_seconds_count{service="auth",method="GET",route="/v1/devices/:id",status="200"} 1',
    'http_request_duration_seconds_count{service="auth",method="OTHER",route="unmatched",status="405"} 2',
  ]);
});

test('calls, messages, pools, the outbox and hashing have their names', async () => {
  const metrics = createMetrics({ service: 'auth' });
  metrics.observeRpc({ method: 'bank.user.v1.UserService/GetUser', code: 'ok', side: 'server' }, 0.01);
  metrics.observeMessage({ consumer: 'ledger', outcome: 'applied' }, 0.01);
  metrics.watchPool('database', () => ({ size: 5, idle: 3, waiting: 1 }));
  metrics.watchHashing(() => ({ queued: 7, running: 2 }));
  let queries = 0;
  metrics.watchOutbox(['events', 'audit'], async () => {
    queries += 1;
    return [{ destination: 'audit', rows: 12, oldestSeconds: 3.5 }];
  });
  const text = await metrics.text();
  for (const expected of [
    'rpc_request_duration_seconds_count{service="auth",method="bank.user.v1.UserService/GetUser",code="ok",side="server"} 1',
    'message_handling_duration_seconds_count{service="auth",consumer="ledger",outcome="applied"} 1',
    'pool_connections{pool="database",state="waiting",service="auth"} 1',
    'password_hashes{state="queued",service="auth"} 7',
    'outbox_rows{destination="audit",service="auth"} 12',
    'outbox_oldest_seconds{destination="audit",service="auth"} 3.5',
    'outbox_rows{destination="events",service="auth"} 0',
    'outbox_oldest_seconds{destination="events",service="auth"} 0',
  ]) {
    expect(text).toContain(expected);
  }
  expect(queries).toBe(1);
});

test('a reading that fails or hangs leaves its series out, is counted, and spoils nothing else', async () => {
  const metrics = createMetrics({ service: 'auth' });
  metrics.read('depth', 'Depth', { labels: { of: 'a' }, value: () => Promise.reject(new Error('away')) });
  metrics.read('depth', 'Depth', { labels: { of: 'b' }, value: () => new Promise(() => undefined) });
  metrics.read('depth', 'Depth', { labels: { of: 'c' }, value: () => 3 });
  expect(await series(metrics, 'depth')).toEqual(['depth{of="c",service="auth"} 3']);
  expect(await series(metrics, 'metric_read_failures_total{')).toEqual([
    'metric_read_failures_total{metric="depth",service="auth"} 2',
  ]);
});

test('of a file with two readers, one that takes the change does not speak for the other', async () => {
  const metrics = createMetrics({ service: 'auth' });
  const [one, other] = [metrics.watchFile('certificate'), metrics.watchFile('certificate')];
  const refused = async () => (await series(metrics, 'reload_refused{'))[0]?.split(' ').at(-1);
  expect(await refused()).toBe('0');
  for (const tell of [one, other, other]) tell('refused');
  expect(await refused()).toBe('2');
  one('taken');
  expect(await refused()).toBe('1');
  other('taken');
  expect(await refused()).toBe('0');
});

test('asking for a name again gives the same metric, or an error when it is another kind', () => {
  const metrics = createMetrics({ service: 'auth' });
  const first = metrics.counter('tries_total', 'Tries', ['outcome']);
  expect(metrics.counter('tries_total', 'Tries', ['outcome'])).toBe(first);
  expect(() => metrics.gauge('tries_total', 'Tries')).toThrow('another type');
});

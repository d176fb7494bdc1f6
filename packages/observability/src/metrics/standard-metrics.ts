import type { MetricFactory } from '#metrics/metric-factory.ts';

export interface PoolState {
  size: number;
  idle: number;
  waiting: number;
}

interface OutboxBacklog {
  destination: string;
  rows: number;
  oldestSeconds: number;
}

/** What every service measures in the same words, so that one dashboard fits all. */
export interface StandardMetrics {
  /** One answered HTTP request. `route` is the template (`/v1/devices/:id`), never the path; `unmatched` for a 404. */
  observeHttp(labels: { method: string; route: string; status: number }, seconds: number): void;
  /** One answered call. `method` is `package.Service/Method`, `code` the Connect code or `ok`. */
  observeRpc(labels: { method: string; code: string; side: 'server' | 'client' }, seconds: number): void;
  /** One message handled by a consumer. */
  observeMessage(
    labels: { consumer: string; outcome: 'applied' | 'duplicate' | 'retried' | 'dead' },
    seconds: number,
  ): void;
  watchPool(pool: string, state: () => PoolState): void;
  /** What waits to be published, destination by destination; `backlog` leaves out those for which nothing does. */
  watchOutbox(destinations: readonly string[], backlog: () => Promise<readonly OutboxBacklog[]>): void;
  watchHashing(stats: () => { queued: number; running: number }): void;
  /** A file that is read again when it changes, by its name of ours; whoever reads it tells what came of each time. */
  watchFile(file: string): (outcome: 'taken' | 'refused') => void;
}

const httpMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Registers the standard metrics with `factory` and gives the functions that feed them. */
export function createStandardMetrics(factory: MetricFactory): StandardMetrics {
  const http = factory.histogram('http_request_duration_seconds', 'Time to answer an HTTP request', [
    'method',
    'route',
    'status',
  ]);
  const rpc = factory.histogram('rpc_request_duration_seconds', 'Time to answer a call', ['method', 'code', 'side']);
  const message = factory.histogram('message_handling_duration_seconds', 'Time to handle a message', [
    'consumer',
    'outcome',
  ]);
  return {
    observeHttp({ method, route, status }, seconds) {
      // Clients choose the method: an unknown one must not become a new series.
      http.observe({ method: httpMethods.has(method) ? method : 'OTHER', route, status: String(status) }, seconds);
    },
    observeRpc(labels, seconds) {
      rpc.observe(labels, seconds);
    },
    observeMessage(labels, seconds) {
      message.observe(labels, seconds);
    },
    watchPool: (pool, state) => watchPool(factory, pool, state),
    watchOutbox: (destinations, backlog) => watchOutbox(factory, destinations, backlog),
    watchFile: (file) => watchFile(factory, file),
    watchHashing(stats) {
      const help = 'Password hashes, waiting and running';
      factory.read('password_hashes', help, { labels: { state: 'queued' }, value: () => stats().queued });
      factory.read('password_hashes', help, { labels: { state: 'running' }, value: () => stats().running });
    },
  };
}

/** Counts the readers of a file that stay with what they had: one that has taken the change does not speak for another. */
function watchFile(factory: MetricFactory, file: string): (outcome: 'taken' | 'refused') => void {
  const help = 'Readers of a changed file that refused it and stay with what they had';
  const refusals = factory.gauge('reload_refused', help, ['file']);
  let own = 0;
  refusals.inc({ file }, own);
  return (outcome) => {
    const now = outcome === 'refused' ? 1 : 0;
    refusals.inc({ file }, now - own);
    own = now;
  };
}

function watchPool(factory: MetricFactory, pool: string, state: () => PoolState): void {
  const help = 'Connections of a pool, and requests waiting for one';
  for (const key of ['size', 'idle', 'waiting'] as const) {
    factory.read('pool_connections', help, { labels: { pool, state: key }, value: () => state()[key] });
  }
}

function watchOutbox(
  factory: MetricFactory,
  destinations: readonly string[],
  backlog: () => Promise<readonly OutboxBacklog[]>,
): void {
  // All gauges of one scrape share one query.
  let running: ReturnType<typeof backlog> | undefined;
  const once = () => {
    running ??= backlog().finally(() => {
      running = undefined;
    });
    return running;
  };
  for (const destination of destinations) {
    const labels = { destination };
    const own = async () => (await once()).find((waiting) => waiting.destination === destination);
    factory.read('outbox_rows', 'Outbox rows that wait to be published', {
      labels,
      value: async () => (await own())?.rows ?? 0,
    });
    factory.read('outbox_oldest_seconds', 'Age of the oldest outbox row that waits to be published', {
      labels,
      value: async () => (await own())?.oldestSeconds ?? 0,
    });
  }
}

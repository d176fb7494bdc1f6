import type { MetricFactory } from '@bank/observability';
import type { StorageService } from '#adapters/storage/storage.ts';

/** The storage, with the time of each call to it by what was done and whether it worked. */
export function measured(storage: StorageService, metrics: MetricFactory): StorageService {
  const { provider } = storage;
  const seconds = metrics.histogram('storage_request_duration_seconds', 'Time to do something at a storage of files', [
    'provider',
    'operation',
    'outcome',
  ]);
  async function timed<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let outcome = 'failed';
    try {
      const result = await work();
      outcome = 'done';
      return result;
    } finally {
      seconds.observe({ provider, operation, outcome }, (performance.now() - startedAt) / 1000);
    }
  }
  return {
    provider,
    presignUpload: (upload) => storage.presignUpload(upload),
    head: (key) => timed('head', () => storage.head(key)),
    read: (key) => timed('read', () => storage.read(key)),
    write: (key, bytes) => timed('write', () => storage.write(key, bytes)),
    delete: (key) => timed('delete', () => storage.delete(key)),
  };
}

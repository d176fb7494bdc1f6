import { withDeadline } from '@bank/domain';
import { type Counter, Gauge, type Registry } from 'prom-client';

export interface Reading {
  labels?: Readonly<Record<string, string>>;
  value(): number | Promise<number>;
}

const readingMs = 1000;
const tooSlow = () => new Error('reading took too long');

/**
 * Gives the function that registers gauges which are read at scrape time. One name may have many readings, told apart
 * by their labels; all of them name the same labels.
 */
export function createReading(
  registry: Registry,
  counter: (name: string, help: string, labels: readonly 'metric'[]) => Counter<'metric'>,
): (name: string, help: string, reading: Reading) => void {
  const readings = new Map<string, Reading[]>();
  return (name, help, reading) => {
    const existing = readings.get(name);
    if (existing !== undefined) {
      existing.push(reading);
      return;
    }
    const own = [reading];
    readings.set(name, own);
    const failures = counter('metric_read_failures_total', 'Gauges that could not be read at a scrape', ['metric']);
    new Gauge({
      name,
      help,
      labelNames: Object.keys(reading.labels ?? {}),
      registers: [registry],
      async collect() {
        this.reset();
        await Promise.all(own.map((one) => readInto(this, one, () => failures.inc({ metric: name }))));
      },
    });
  };
}

async function readInto(gauge: Gauge<string>, reading: Reading, onFailure: () => void): Promise<void> {
  const labels = reading.labels ?? {};
  try {
    gauge.set(labels, await withDeadline(Promise.resolve(reading.value()), readingMs, tooSlow));
  } catch {
    onFailure();
    gauge.remove(labels);
  }
}

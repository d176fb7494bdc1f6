import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricFactory } from '#metrics/metric-factory.ts';
import { createReading } from '#metrics/reading.ts';
import { createStandardMetrics, type StandardMetrics } from '#metrics/standard-metrics.ts';

export interface Metrics extends MetricFactory, StandardMetrics {
  /** Everything in the Prometheus text format 0.0.4. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Seconds, from an answer out of memory to a request that nearly ran into its deadline. */
export const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/**
 * The metrics of one service in a registry of their own: process metrics, event-loop lag (from `monitorEventLoopDelay`)
 * and garbage collection from the start, and factories for the rest. Every series carries `service`.
 */
export function createMetrics(options: { service: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const factory = createFactory(registry);
  return {
    ...factory,
    ...createStandardMetrics(factory),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function createFactory(registry: Registry): MetricFactory {
  const made = new Map<string, Counter<string> | Gauge<string> | Histogram<string>>();
  const remember = <M extends Counter<string> | Gauge<string> | Histogram<string>>(
    name: string,
    kind: new (...parameters: never[]) => M,
    make: () => M,
  ): M => {
    const existing = made.get(name);
    if (existing === undefined) {
      const metric = make();
      made.set(name, metric);
      return metric;
    }
    if (!(existing instanceof kind)) throw new Error(`metric ${name} exists with another type`);
    return existing;
  };
  const common = <L extends string>(name: string, help: string, labels: readonly L[]) => ({
    name,
    help,
    labelNames: labels,
    registers: [registry],
  });
  const factory: Omit<MetricFactory, 'read'> = {
    counter: (name, help, labels = []) => remember(name, Counter, () => new Counter(common(name, help, labels))),
    gauge: (name, help, labels = []) => remember(name, Gauge, () => new Gauge(common(name, help, labels))),
    histogram: (name, help, labels = [], buckets = latencyBuckets) =>
      remember(name, Histogram, () => new Histogram({ ...common(name, help, labels), buckets: [...buckets] })),
  };
  return { ...factory, read: createReading(registry, factory.counter) };
}

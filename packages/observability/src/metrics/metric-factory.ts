import type { Counter, Gauge, Histogram } from 'prom-client';
import type { Reading } from '#metrics/reading.ts';

/** Makes metrics in one registry. */
export interface MetricFactory {
  /** The counter of that name; asking again gives the same one. */
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  histogram<L extends string = never>(
    name: string,
    help: string,
    labels?: readonly L[],
    buckets?: readonly number[],
  ): Histogram<L>;
  /**
   * A gauge read when it is scraped. Reading the same name again with other labels adds a series. A read that fails
   * or takes over a second leaves the series out of that scrape and counts in `metric_read_failures_total`.
   */
  read(name: string, help: string, reading: Reading): void;
}

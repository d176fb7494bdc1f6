export { clientNetwork } from '#context/client-network.ts';
export { type RequestContext, requestContext } from '#context/request-context.ts';
export { newTraceparent, parseTraceparent, type TraceContext } from '#context/trace-context.ts';
export { type ErrorTracker, type ErrorTrackingOptions, startErrorTracking } from '#errors/error-tracker.ts';
export { describeError, type ErrorDescription } from '#logging/describe-error.ts';
export { createLogger, type LogFields, type Logger, type LoggerOptions, type LogLevel } from '#logging/logger.ts';
export { createMetrics, latencyBuckets, type MetricFactory, type Metrics } from '#metrics/metrics.ts';
export type { Reading } from '#metrics/reading.ts';
export type { PoolState, StandardMetrics } from '#metrics/standard-metrics.ts';

import type { ErrorEvent, NodeOptions } from '@sentry/node';
import { requestContext } from '#context/request-context.ts';
import { scrubEvent } from '#errors/scrub-event.ts';
import { redactFields } from '#logging/redact.ts';
import type { LogFields } from '#logging/safe-fields.ts';

export interface ErrorTracker {
  /** Reports an unexpected error. Never throws and never waits. */
  capture(error: unknown, context?: LogFields): void;
  /** Sends what is queued, at most `timeoutMs`. */
  close(timeoutMs?: number): Promise<void>;
}

export interface ErrorTrackingOptions {
  dsn?: string;
  environment: string;
  release: string;
  service: string;
}

// The defaults of the SDK collect all of these; `scrubEvent` would drop them too, but what is not collected cannot leak.
const collectNothing: NonNullable<NodeOptions['dataCollection']> = {
  userInfo: false,
  cookies: false,
  httpHeaders: false,
  httpBodies: [],
  urlQueryParams: false,
  databaseQueryData: false,
  queues: false,
  stackFrameVariables: false,
  frameContextLines: 0,
};

const noTracker: ErrorTracker = { capture: () => undefined, close: async () => undefined };

/**
 * Starts error reports to Sentry. Without a DSN nothing is loaded (the import alone costs most of a second). Reports
 * pass the same allow-list as log lines: no messages, no request, no user, no breadcrumbs, no local variables.
 */
export async function startErrorTracking(options: ErrorTrackingOptions): Promise<ErrorTracker> {
  if (options.dsn === undefined || options.dsn === '') return noTracker;
  const sentry = await import('@sentry/node');
  sentry.initWithoutDefaultIntegrations(sentryOptions(options, options.dsn));
  return {
    capture(error, context = {}) {
      const request = requestContext.get();
      sentry.captureException(error, {
        extra: redactFields(context),
        tags: request === undefined ? {} : { requestId: request.requestId, traceparent: request.traceparent },
      });
    },
    async close(timeoutMs = 2000) {
      await sentry.close(timeoutMs);
    },
  };
}

function sentryOptions(options: ErrorTrackingOptions, dsn: string): NodeOptions {
  return {
    dsn,
    environment: options.environment,
    release: options.release,
    serverName: options.service,
    dataCollection: collectNothing,
    maxBreadcrumbs: 0,
    beforeSend: (event: ErrorEvent, hint) => scrubEvent(event, hint.originalException),
  };
}

/**
 * What the broker said when it refused something, e.g. `NOT_FOUND - no queue 'auth.events' in vhost 'bank'`. It names
 * exchanges, queues, virtual hosts and broker users, never content, so unlike other texts of errors it may be logged.
 */
export function brokerReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = /with message "([^"]{1,300})"/.exec(error.message)?.[1];
  return own ?? brokerReason(error.cause);
}

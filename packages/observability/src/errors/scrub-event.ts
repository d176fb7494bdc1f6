import type { ErrorEvent } from '@sentry/node';
import { describeError } from '#logging/describe-error.ts';
import { redactFields } from '#logging/redact.ts';

type Frame = NonNullable<NonNullable<NonNullable<ErrorEvent['exception']>['values']>[number]['stacktrace']>['frames'];

/**
 * A new report made only of what may leave: types, codes, stack frames without variables or source lines, and
 * allow-listed tags and extras. Built up rather than cut down, so that what a later Sentry version adds stays here.
 */
export function scrubEvent(event: ErrorEvent, original: unknown): ErrorEvent {
  const { code, reason } = describeError(original);
  const safe: ErrorEvent = { type: undefined };
  if (event.event_id !== undefined) safe.event_id = event.event_id;
  if (event.timestamp !== undefined) safe.timestamp = event.timestamp;
  if (event.level !== undefined) safe.level = event.level;
  if (event.platform !== undefined) safe.platform = event.platform;
  if (event.environment !== undefined) safe.environment = event.environment;
  if (event.release !== undefined) safe.release = event.release;
  if (event.server_name !== undefined) safe.server_name = event.server_name;
  safe.tags = redactFields(event.tags ?? {}) as Record<string, string>;
  safe.extra = redactFields({ ...event.extra, code, reason });
  const values = event.exception?.values?.map((value) => ({
    type: value.type ?? 'Error',
    value: '[redacted]',
    stacktrace: { frames: safeFrames(value.stacktrace?.frames) },
  }));
  if (values !== undefined) safe.exception = { values };
  return safe;
}

function safeFrames(frames: Frame): NonNullable<Frame> {
  return (frames ?? []).map((frame) => ({
    filename: frame.filename ?? '',
    function: frame.function ?? '',
    lineno: frame.lineno ?? 0,
    colno: frame.colno ?? 0,
    in_app: frame.in_app ?? false,
  }));
}

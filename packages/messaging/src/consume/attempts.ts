/** What headers tell about a message that failed, and what the next failure adds. */
export interface Attempts {
  /** How many times it failed so far. */
  readonly failures: number;
  readonly firstFailedAt: string | undefined;
}

export type Headers = Readonly<Record<string, unknown>>;

const names = {
  failures: 'x-failures',
  firstFailedAt: 'x-first-failed-at',
  lastFailedAt: 'x-last-failed-at',
  reason: 'x-failure-reason',
  consumer: 'x-failed-consumer',
} as const;

/** How the reason of a message begins that nobody took. */
export const unknownType = 'message.unknown_type';

/** Reads the headers of a message. Nonsense counts as no failure yet: headers are the word of whoever published. */
export function attemptsOf(headers: Headers): Attempts {
  const failures = headers[names.failures];
  const firstFailedAt = headers[names.firstFailedAt];
  return {
    failures: typeof failures === 'number' && Number.isInteger(failures) && failures > 0 ? failures : 0,
    firstFailedAt: typeof firstFailedAt === 'string' ? firstFailedAt : undefined,
  };
}

/** The same, for a process that knows the message's type: of the tries of those that did not, none counts. */
export function knownAttemptsOf(headers: Headers): Attempts {
  const attempts = attemptsOf(headers);
  const reason = headers[names.reason];
  const wasUnknown = typeof reason === 'string' && reason.startsWith(unknownType);
  return wasUnknown ? { ...attempts, failures: 0 } : attempts;
}

/** The headers that a message carries after one more failure. */
export function headersAfterFailure(
  { failures, firstFailedAt }: Attempts,
  failure: { reason: string; consumer: string; at: Date },
): Record<string, string | number> {
  const at = failure.at.toISOString();
  return {
    [names.failures]: failures + 1,
    [names.firstFailedAt]: firstFailedAt ?? at,
    [names.lastFailedAt]: at,
    [names.reason]: failure.reason,
    [names.consumer]: failure.consumer,
  };
}

export interface FailureStory extends Attempts {
  readonly lastFailedAt: string | undefined;
  readonly reason: string;
  readonly consumer: string | undefined;
}

/** What a dead letter's headers tell: ours, or RabbitMQ's own reason for one that killed its consumers. */
export function failureStory(headers: Headers): FailureStory {
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  return {
    ...attemptsOf(headers),
    lastFailedAt: text(names.lastFailedAt),
    reason: text(names.reason) ?? text('x-first-death-reason') ?? 'unknown',
    consumer: text(names.consumer),
  };
}

/** The headers without what earlier failures and dead-lettering wrote: a message as it was first published. */
export function headersAsPublished(headers: Headers): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const name of ['traceparent', 'x-request-id']) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = value;
  }
  return kept;
}

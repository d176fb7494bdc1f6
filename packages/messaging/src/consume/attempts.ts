/** What headers tell about a message that failed, and what the next failure adds. */
export interface Attempts {
  /** How many times it failed by itself so far. Release 0.1.0 reads it too, and gives up beyond the retry queues. */
  readonly failures: number;
  /** How many times something was away that its consumer needs, which is held against no message. */
  readonly awayFailures: number;
  readonly firstFailedAt: string | undefined;
}

export type Headers = Readonly<Record<string, unknown>>;

const names = {
  failures: 'x-failures',
  awayFailures: 'x-away-failures',
  firstFailedAt: 'x-first-failed-at',
  lastFailedAt: 'x-last-failed-at',
  reason: 'x-failure-reason',
  consumer: 'x-failed-consumer',
} as const;

/** How the reason of a message begins that nobody took. */
export const unknownType = 'message.unknown_type';

/** Reads the headers of a message. Nonsense counts as no failure yet: headers are the word of whoever published. */
export function attemptsOf(headers: Headers): Attempts {
  const count = (name: string) => {
    const value = headers[name];
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
  };
  const firstFailedAt = headers[names.firstFailedAt];
  return {
    failures: count(names.failures),
    awayFailures: count(names.awayFailures),
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
  { failures, awayFailures, firstFailedAt }: Attempts,
  failure: { away: boolean; reason: string; consumer: string; at: Date },
): Record<string, string | number> {
  const at = failure.at.toISOString();
  return {
    [names.failures]: failures + (failure.away ? 0 : 1),
    [names.awayFailures]: awayFailures + (failure.away ? 1 : 0),
    [names.firstFailedAt]: firstFailedAt ?? at,
    [names.lastFailedAt]: at,
    [names.reason]: failure.reason,
    [names.consumer]: failure.consumer,
  };
}

export interface FailureStory {
  /** How many times it failed, for whatever reason. */
  readonly failures: number;
  readonly firstFailedAt: string | undefined;
  readonly lastFailedAt: string | undefined;
  readonly reason: string;
  readonly consumer: string | undefined;
}

/** What a dead letter's headers tell: ours, or RabbitMQ's own reason for one that killed its consumers. */
export function failureStory(headers: Headers): FailureStory {
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const { failures, awayFailures, firstFailedAt } = attemptsOf(headers);
  return {
    failures: failures + awayFailures,
    firstFailedAt,
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

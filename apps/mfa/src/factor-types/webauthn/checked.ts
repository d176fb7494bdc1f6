import type { AppContext } from '#context.ts';

type Watched = Pick<AppContext, 'logger' | 'metrics'>;

/** What can make a check fail for everybody rather than for one answer. */
type Kind =
  /** Another origin or another domain than ours: a page that lures people, or a relying party that is configured wrongly. */
  | 'relying_party'
  /** An error that the language throws: an answer of no known form, or a mistake of the code. */
  | 'undigested'
  | 'refused';

/**
 * What comes of a check; undefined for anything that the check cannot digest, which is as wrong as a wrong signature: whoever
 * sends nonsense is told no more than that. What may be our own mistake is logged, and all are counted by their kind.
 */
export async function checked<T>(
  { logger, metrics }: Watched,
  check: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await check();
  } catch (error) {
    const kind = kindOf(error);
    metrics
      .counter('passkey_check_errors_total', 'Answers of passkeys by why no check came to an end', ['kind'])
      .inc({ kind });
    if (kind === 'undigested') logger.warn({ err: error, kind }, 'the answer of a passkey could not be checked');
    if (kind === 'relying_party') logger.warn({ kind }, 'the answer of a passkey is for another page or domain');
    return undefined;
  }
}

function kindOf(error: unknown): Kind {
  if (!(error instanceof Error)) return 'undigested';
  // The library has a class of its own for another domain, and words alone for another origin.
  if (error.name === 'UnexpectedRPIDHash' || /^Unexpected \w+ response origin\b/.test(error.message))
    return 'relying_party';
  return [TypeError, RangeError, ReferenceError].some((type) => error instanceof type) ? 'undigested' : 'refused';
}

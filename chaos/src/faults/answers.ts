import type { Answer } from '#load/journal.ts';

/** What is wrong with answers while something is away: only 503 with Retry-After may tell of it. */
export function wronglyRefused(answers: readonly Answer[]): string[] {
  return tally(
    answers.filter(
      ({ status, hasRetryAfter }) => status === 0 || (status >= 500 && !(status === 503 && hasRetryAfter)),
    ),
    ({ route, status, hasRetryAfter }) => `${route} answered ${status}${hasRetryAfter ? '' : ' without Retry-After'}`,
  );
}

/** Answers that say that the stack, not the client, is at fault. */
export function refused(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ status }) => status === 0 || status >= 500);
}

/** The different texts, each with how often it came up when that was more than once. */
export function tally(answers: readonly Answer[], textOf: (answer: Answer) => string): string[] {
  const counts = Map.groupBy(answers, textOf);
  return [...counts].map(([text, of]) => (of.length === 1 ? text : `${text}, ${of.length} times`));
}

/** What each route answered, most frequent status first: `POST /v1/auth/login: 200 ×12, 503 ×1`. */
export function statusesByRoute(answers: readonly Answer[]): string[] {
  return [...Map.groupBy(answers, ({ route }) => route)]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([route, of]) => {
      const statuses = [
        ...Map.groupBy(of, ({ status, code }) => (status >= 400 ? `${status} ${code ?? ''}` : `${status}`)),
      ]
        .toSorted(([, a], [, b]) => b.length - a.length)
        .map(([status, those]) => `${status.trim()} ×${those.length}`);
      return `${route}: ${statuses.join(', ')}`;
    });
}

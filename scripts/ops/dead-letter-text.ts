import type { DeadLetter } from '@bank/messaging';

/** The dead letters of one queue. */
export interface QueueLetters {
  readonly queue: string;
  /** The oldest first, not more than were asked for. */
  readonly letters: readonly DeadLetter[];
}

/** What lies among the dead letters, in lines for the terminal: a letter says what it is and why it failed, never its content. */
export function describeLetters(queues: readonly QueueLetters[], limit: number): string[] {
  const some = queues.filter(({ letters }) => letters.length > 0);
  if (some.length === 0) return ['no dead letters'];
  return some.flatMap(({ queue, letters }) => [
    `${queue}: ${letters.length === limit ? `the oldest ${limit}` : letters.length}`,
    ...letters.map((letter) => `  ${describeLetter(letter)}`),
  ]);
}

function describeLetter(letter: DeadLetter): string {
  const { id, type, reason, events, failures, lastFailedAt, consumer, requestId, tooOld } = letter;
  const story = [
    ...(events === 1 ? [] : [`${events} events`]),
    `${failures} failures`,
    ...(lastFailedAt === undefined ? [] : [`last ${lastFailedAt}`]),
    ...(consumer === undefined ? [] : [`in ${consumer}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ...(tooOld ? ['too old to be replayed'] : []),
  ];
  return `${id}  ${type}  ${reason}  (${story.join(', ')})`;
}

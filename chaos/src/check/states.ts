import { bySequence, eventsOfType } from '#check/events.ts';
import type { Rule } from '#check/history.ts';
import { half, told } from '#check/violation.ts';

/** A user stands where they were last moved, and each move began where the one before it ended. */
export const statesMatchEvents: Rule = (history) => {
  const moves = Map.groupBy(eventsOfType(history, 'user.status_changed.v1'), ({ subject }) => subject);
  return history.users.flatMap(({ id, status }) => {
    const own = (moves.get(id) ?? []).toSorted(bySequence);
    const way = ['active', ...own.map(({ to }) => to)];
    const isChain = own.every(({ from, to }, index) => from === way[index] && from !== to);
    return [
      ...(isChain ? [] : [told(half, `the moves of ${id} are no chain: ${way.join(' → ')}`)]),
      ...(way.at(-1) === status ? [] : [told(half, `${id} is ${status}, told was ${way.at(-1)}`)]),
    ];
  });
};

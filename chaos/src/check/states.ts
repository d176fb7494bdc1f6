import { bySequence, eventsOfType } from '#check/events.ts';
import { countBy } from '#check/grouping.ts';
import type { OutboxRow, Rule } from '#check/history.ts';
import { exactly, half, told } from '#check/violation.ts';

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

/** An approval that is over was told once, and what was approved was done once; nothing else was. */
export const approvalsAreCarriedOutOnce: Rule = (history) => {
  const decided = countBy(eventsOfType(history, 'admin.approval_decided.v1'), approvalOf);
  const done = countBy(
    history.outbox.filter(({ action }) => action === 'user.status_changed'),
    approvalOf,
  );
  return history.approvals.flatMap(({ id, status }) => {
    const isOver = status === 'approved' || status === 'rejected';
    // Of one that is being carried out nobody knows yet.
    const isOpen = status === 'executing' && (done.get(id) ?? 0) <= 1;
    return [
      ...exactly(isOver ? 1 : 0, decided.get(id), `the decision of approval ${id}`),
      ...(isOpen ? [] : exactly(status === 'approved' ? 1 : 0, done.get(id), `what approval ${id} is about`)),
    ];
  });
};

function approvalOf({ approvalId }: OutboxRow): string {
  return approvalId ?? '';
}

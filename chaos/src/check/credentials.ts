import { bySequence, eventsOfType } from '#check/events.ts';
import { countBy, indexBy } from '#check/grouping.ts';
import type { History, OutboxRow, Rule } from '#check/history.ts';
import { exactly, half, told } from '#check/violation.ts';

/** Those made at once. */
const codesOfAUser = 10;
/** Those that nobody may choose again are kept, the present one apart. */
const keptMax = 4;

/** Factors are enrolled and removed once each, as told, and recovery codes are there from when they were made until the factor went. */
export const factorsMatchEvents: Rule = (history) => {
  const enrolled = countBy(eventsOfType(history, 'mfa.factor_enrolled.v1'), factorOf);
  const removed = countBy(eventsOfType(history, 'mfa.factor_removed.v1'), factorOf);
  const counting = new Set(history.factors.map(({ id }) => id));
  return [
    ...history.factors.flatMap(({ id }) => [
      ...exactly(1, enrolled.get(id), `enrolment of factor ${id}`),
      ...exactly(0, removed.get(id), `removal of factor ${id}, which is there,`),
    ]),
    ...[...enrolled.keys()]
      .filter((id) => !counting.has(id))
      .flatMap((id) => exactly(1, removed.get(id), `removal of factor ${id}`)),
    ...[...removed.keys()]
      .filter((id) => !enrolled.has(id))
      .map((id) => told(half, `factor ${id} was removed, and never enrolled`)),
    ...codesMatch(history),
  ];
};

function codesMatch(history: History) {
  const made = eventsOfType(history, 'mfa.recovery_codes_generated.v1');
  const ended = eventsOfType(history, 'mfa.factor_removed.v1');
  const last = indexBy([...made, ...ended].toSorted(bySequence), ({ subject }) => subject);
  const counts = indexBy(history.recoveryCodes, ({ userId }) => userId);
  return [...new Set([...last.keys(), ...counts.keys()])].flatMap((userId) => {
    const wanted = last.get(userId)?.type === 'mfa.recovery_codes_generated.v1' ? codesOfAUser : 0;
    const count = counts.get(userId)?.count ?? 0;
    return count === wanted ? [] : [told(half, `${userId} has ${count} recovery codes, told were ${wanted}`)];
  });
}

/** The password is that of the last change that was told, and each change kept the one before it. */
export const passwordsMatchEvents: Rule = (history) => {
  const changes = Map.groupBy(eventsOfType(history, 'auth.password_changed.v1'), ({ subject }) => subject);
  return history.passwords.flatMap(({ userId, changedAt, before }) => {
    const own = (changes.get(userId) ?? []).toSorted(bySequence);
    const last = own.at(-1)?.changedAt ?? changedAt;
    return [
      ...(last === changedAt ? [] : [told(half, `the password of ${userId} is of ${changedAt}, told was ${last}`)]),
      ...exactly(Math.min(own.length, keptMax), before, `a change of the password of ${userId}`),
    ];
  });
};

function factorOf({ factorId }: OutboxRow): string {
  return factorId ?? '';
}

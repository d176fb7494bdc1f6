import { bySequence, eventsOfType } from '#check/events.ts';
import { countBy, indexBy, isUpTo, repeated } from '#check/grouping.ts';
import type { Rule } from '#check/history.ts';
import { half, told, twice } from '#check/violation.ts';

const handedOver = 'a case is handed over once';
const settled = 'every case that was handed in is decided';
const agree = 'tier and lock agree with the cases';

/** The provider has each attempt under one key, which is that of its row. */
export const casesAreHandedOverOnce: Rule = ({ kyc: { submissions, verifications } }) => {
  const rows = indexBy(submissions, ({ id }) => id);
  return [
    ...repeated(verifications.map(attemptOf)).map((attempt) => told(handedOver, `${attempt} under two keys`)),
    ...verifications.flatMap((verification) => {
      const row = rows.get(verification.submissionId);
      if (row === undefined || attemptOf(row) !== attemptOf(verification)) {
        return [told(handedOver, `the provider has ${attemptOf(verification)} under a key that is not its row's`)];
      }
      const isKnown = row.verificationId === null || row.verificationId === verification.verificationId;
      return isKnown ? [] : [told(handedOver, `${attemptOf(row)} is noted as another verification`)];
    }),
    ...submissions
      .filter(({ state }) => state === 'pending' || state === 'taken')
      .map((row) => told(settled, `${attemptOf(row)} is ${row.state}`)),
  ];
};

/** Of the results of an attempt one was applied, and a case that is decided was decided by one. */
export const resultsAreAppliedOnce: Rule = ({ kyc: { cases, submissions }, outbox }) => {
  const moves = outbox.filter(({ action }) => action === 'kyc.case.moved');
  const counts = countBy(moves, attemptOf);
  const decided = submissions.filter(({ state }) => state === 'settled').map(attemptOf);
  const known = new Set(submissions.map(attemptOf));
  const ends = new Set(['approved', 'rejected', 'more_information']);
  const last = indexBy(moves, attemptOf);
  return [
    ...[...counts].filter(([, count]) => count > 1).map(([attempt]) => told(twice, `${attempt} was decided twice`)),
    ...decided.filter((attempt) => !counts.has(attempt)).map((attempt) => told(half, `${attempt} ended untold`)),
    ...[...counts.keys()].filter((attempt) => !known.has(attempt)).map((of) => told(half, `${of} is of nowhere`)),
    ...cases
      .filter(({ status }) => ends.has(status))
      .filter(({ id: caseId, attempt, status }) => last.get(attemptOf({ caseId, attempt }))?.status !== status)
      .map(({ id, status }) => told(half, `case ${id} is ${status}, which the ledger does not know`)),
  ];
};

/** Where cases stand is what was told last of them, and each attempt was told and is to be handed over. */
export const casesMatchEvents: Rule = (history) => {
  const { cases, submissions, standings } = history.kyc;
  const changes = eventsOfType(history, 'kyc.status_changed.v1').toSorted(bySequence);
  const last = indexBy(changes, ({ caseId }) => caseId ?? '');
  const toldAttempts = Map.groupBy(eventsOfType(history, 'kyc.submitted.v1'), ({ caseId }) => caseId ?? '');
  const rowAttempts = Map.groupBy(submissions, ({ caseId }) => caseId);
  const bySubject = Map.groupBy(changes, ({ subject }) => subject);
  return [
    ...cases.flatMap(({ id, status, attempt }) => [
      ...(last.get(id)?.status === status
        ? []
        : [told(half, `case ${id} is ${status}, told was ${last.get(id)?.status}`)]),
      ...(isUpTo(attemptsOf(toldAttempts.get(id)), attempt)
        ? []
        : [told(half, `attempts of case ${id} as told are not 1 to ${attempt}`)]),
      ...(isUpTo(attemptsOf(rowAttempts.get(id)), attempt)
        ? []
        : [told(half, `attempts of case ${id} to hand over are not 1 to ${attempt}`)]),
    ]),
    ...standings.flatMap(({ userId, version }) => {
      const versions = (bySubject.get(userId) ?? []).map((row) => row.version ?? 0);
      return isUpTo(versions, version) ? [] : [told(half, `moves of ${userId} as told are not 1 to ${version}`)];
    }),
  ];
};

/** A user holds the highest tier that they were approved for, and cannot change who they are while that is looked at, or since. */
export const tiersAgreeWithCases: Rule = ({ kyc: { cases, standings }, profiles }) => {
  const byUser = Map.groupBy(cases, ({ userId }) => userId);
  const held = indexBy(standings, ({ userId }) => userId);
  return profiles.flatMap(({ userId, isLocked }) => {
    const own = byUser.get(userId) ?? [];
    const approved = own.filter(({ status }) => status === 'approved');
    const tier = Math.max(0, ...approved.map((of) => of.tier));
    const { tier: given = 0, caseId = null } = held.get(userId) ?? {};
    const rests = tier === 0 ? caseId === null : approved.some((of) => of.id === caseId && of.tier === tier);
    const mustLock = own.some(({ status }) => ['submitted', 'in_review', 'approved'].includes(status));
    return [
      ...(given === tier && rests
        ? []
        : [told(agree, `${userId} holds tier ${given} by ${caseId}, approved was ${tier}`)]),
      ...(isLocked === mustLock ? [] : [told(agree, `who ${userId} is ${isLocked ? 'is locked' : 'may be changed'}`)]),
    ];
  });
};

function attemptOf({ caseId, attempt }: { readonly caseId: string | null; readonly attempt: number | null }): string {
  return `attempt ${attempt} of case ${caseId}`;
}

function attemptsOf(found: readonly { readonly attempt: number | null }[] = []): number[] {
  return found.map(({ attempt }) => attempt ?? 0);
}

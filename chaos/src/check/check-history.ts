import { acknowledgedIsThere } from '#check/acknowledged.ts';
import { factorsMatchEvents, passwordsMatchEvents } from '#check/credentials.ts';
import { everythingIsDelivered, idsAreUnique, sequencesHaveNoGaps } from '#check/events.ts';
import { filesAreWhole, leftoversAreGone } from '#check/files.ts';
import type { History, Rule, Violation } from '#check/history.ts';
import { consumersHaveCaughtUp, ledgerIsChained, projectionsAreNewest } from '#check/projections.ts';
import { approvalsAreCarriedOutOnce, statesMatchEvents } from '#check/states.ts';
import { requestsAreWhole, stateMatchesEvents } from '#check/transactions.ts';
import {
  casesAreHandedOverOnce,
  casesMatchEvents,
  resultsAreAppliedOnce,
  tiersAgreeWithCases,
} from '#check/verifications.ts';

const rules: readonly Rule[] = [
  acknowledgedIsThere,
  requestsAreWhole,
  stateMatchesEvents,
  factorsMatchEvents,
  passwordsMatchEvents,
  statesMatchEvents,
  approvalsAreCarriedOutOnce,
  everythingIsDelivered,
  sequencesHaveNoGaps,
  idsAreUnique,
  consumersHaveCaughtUp,
  projectionsAreNewest,
  ledgerIsChained,
  casesAreHandedOverOnce,
  resultsAreAppliedOnce,
  casesMatchEvents,
  tiersAgreeWithCases,
  filesAreWhole,
  leftoversAreGone,
];

/** All that does not hold of a history in which nothing is under way any more. */
export function checkHistory(history: History): Violation[] {
  return rules.flatMap((rule) => rule(history));
}

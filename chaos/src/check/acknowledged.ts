import { eventsOfType } from '#check/events.ts';
import { indexBy } from '#check/grouping.ts';
import type { Device, History, Rule, Violation } from '#check/history.ts';
import type { Acknowledged } from '#load/journal.ts';

const rule = 'nothing acknowledged is lost';

/** Every write that a client was told is done lies in the database. */
export const acknowledgedIsThere: Rule = (history) => {
  const isThere = lookUp(history);
  return [
    ...history.acknowledged
      .filter((write) => !isThere(write))
      .map((write): Violation => ({ rule, detail: `${write.kind} of request ${write.requestId}` })),
    ...history.complaints.map((detail): Violation => ({ rule, detail })),
  ];
};

function lookUp(history: History): (write: Acknowledged) => boolean {
  const users = new Set(history.users.map(({ id }) => id));
  const sessions = indexBy(history.sessions, ({ id }) => id);
  const tokens = indexBy(history.refreshTokens, ({ id }) => id);
  const profiles = indexBy(history.profiles, ({ userId }) => userId);
  const devices = indexBy(history.devices, ({ id }) => id);
  const documents = indexBy(history.kyc.documents, ({ id }) => id);
  const handedIn = new Set(history.kyc.submissions.map(({ caseId, attempt }) => `${caseId} ${attempt}`));
  const pictures = indexBy(
    history.files.rows.filter(({ purpose, status }) => purpose === 'avatar' && status === 'stored'),
    ({ userId }) => userId,
  );
  const standsAsTold = lookUpStanding(history);
  return (write) => {
    switch (write.kind) {
      case 'registration':
        return true; // its message is looked for by what its request must have written
      case 'user':
        return users.has(write.userId) && sessions.get(write.sessionId)?.userId === write.userId;
      case 'session':
        return sessions.get(write.sessionId)?.userId === write.userId;
      case 'renewal':
      case 'step-up':
        return tokens.get(write.tokenId)?.sessionId === write.sessionId;
      case 'profile':
        return (profiles.get(write.userId)?.version ?? 0) >= write.version;
      case 'device':
        return isNamedSince(devices.get(write.deviceId), write);
      case 'sign-out':
        return sessions.get(write.sessionId)?.endReason === 'logout';
      case 'avatar':
        // A later one may have taken its place; ids rise.
        return (pictures.get(write.userId)?.id ?? '') >= write.fileId;
      case 'document-begun':
        return documents.get(write.documentId)?.userId === write.userId;
      case 'document':
        return ['uploaded', 'replaced'].includes(documents.get(write.documentId)?.state ?? '');
      case 'submission':
        return handedIn.has(`${write.caseId} ${write.attempt}`);
      default:
        return standsAsTold(write);
    }
  };
}

/** Users of the load give other names and take none away; every change of a device raises its version. */
function isNamedSince(
  device: Device | undefined,
  { userId, version }: Extract<Acknowledged, { readonly kind: 'device' }>,
): boolean {
  return device?.userId === userId && device.isNamed && device.version >= version;
}

/** What a user proves who they are with, and whether they may. */
type OfStanding = Extract<
  Acknowledged,
  {
    readonly kind:
      | 'password'
      | 'factor'
      | 'factor-removal'
      | 'recovery-codes'
      | 'lock'
      | 'unlock'
      | 'approval-asked'
      | 'approval';
  }
>;

function lookUpStanding(history: History): (write: OfStanding) => boolean {
  const factors = indexBy(history.factors, ({ id }) => id);
  const removed = new Set(eventsOfType(history, 'mfa.factor_removed.v1').map(({ factorId }) => factorId));
  const codes = new Set(history.recoveryCodes.map(({ userId }) => userId));
  const passwords = indexBy(history.passwords, ({ userId }) => userId);
  const approvals = indexBy(history.approvals, ({ id }) => id);
  const moves = new Set(
    eventsOfType(history, 'user.status_changed.v1').map(
      ({ requestId, subject, to }) => `${requestId} ${subject} ${to}`,
    ),
  );
  return (write) => {
    switch (write.kind) {
      case 'password':
        return (passwords.get(write.userId)?.before ?? 0) > 0;
      case 'factor':
        return factors.get(write.factorId)?.userId === write.userId || removed.has(write.factorId);
      case 'factor-removal':
        return !factors.has(write.factorId);
      case 'recovery-codes':
        return codes.has(write.userId) || removed.has(write.factorId); // they go with the factor
      case 'lock':
        return moves.has(`${write.requestId} ${write.userId} locked`);
      case 'unlock':
        return moves.has(`${write.requestId} ${write.userId} active`);
      case 'approval-asked':
        return approvals.has(write.approvalId);
      case 'approval':
        return approvals.get(write.approvalId)?.status === 'approved';
    }
  };
}

import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { assessAttempt, standingOf } from '#features/sign-in/policies.ts';
import { FailureFacts } from '#features/sign-in/schemas.ts';

/** Records an attempt that opened no session. It is not a sighting of its device: who tried may be anybody. @throws request.invalid */
export async function recordFailure(ctx: AppContext, input: unknown): Promise<void> {
  const { eventId, userId, clientId, reason, failedAt, ...facts } = parse(FailureFacts, input);
  const deviceId = facts.deviceId === '' ? null : facts.deviceId;
  const access = { who: allow.system('record-sign-in'), unaudited: 'auth tells the ledger of what it refuses' };
  await withTransaction(ctx, access, async (tx) => {
    const device = deviceId === null ? 'unknown' : standingOf(await tx.devices.find(userId, deviceId));
    const { score: riskScore, reasons } = assessAttempt({ device });
    const failed = { outcome: 'failed', reason, sessionId: null, acr: null, amr: null } as const;
    const risk = { riskScore, riskReasons: [...reasons] };
    await tx.signIns.add({ ...failed, ...risk, id: eventId, userId, deviceId, clientId, signedInAt: failedAt });
  });
}

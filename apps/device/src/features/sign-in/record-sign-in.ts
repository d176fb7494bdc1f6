import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext, AppTransaction } from '#context.ts';
import { deviceNewSignIn, deviceRegistered } from '#events.ts';
import { announceRemoval } from '#features/device/announce-removal.ts';
import { calledIn } from '#features/device/called-in.ts';
import { isPrecious, surplusDevices } from '#features/device/policies.ts';
import { assessAttempt, standingOf, tookPasswordAlone } from '#features/sign-in/policies.ts';
import { SignInFacts } from '#features/sign-in/schemas.ts';

const audits = ['device.registered', 'device.signed_in', 'device.removed'] as const;

/**
 * Records a sign-in and the device it came from. A device seen for the first time is registered; a user who had
 * others before is told of it, and so is one whose first it is where a password alone signed in on it (SR-20). Where there
 * are too many now, the longest unseen goes; of one that was trusted or had a key the user is told as well.
 * @throws request.invalid
 */
export async function recordSignIn(ctx: AppContext, input: unknown): Promise<void> {
  const facts = parse(SignInFacts, input);
  const { userId, deviceId, sessionId, signedInAt } = facts;
  await withTransaction(ctx, { who: allow.system('record-sign-in'), audits }, async (tx) => {
    // One after the other, in one round trip. Of two first sign-ins at once the later one is the new device.
    const [, before, { isNew }] = await Promise.all([
      tx.devices.lockOf(userId),
      tx.devices.find(userId, deviceId),
      tx.devices.noteSighting({ ...facts, id: deviceId, seenAt: signedInAt }),
    ]);
    const { score: riskScore, reasons } = assessAttempt({ device: isNew ? 'unknown' : standingOf(before) });
    const outcome = { outcome: 'succeeded', reason: null, riskScore, riskReasons: [...reasons] };
    await tx.signIns.add({ ...facts, ...outcome, id: facts.eventId });
    if (isNew) await register(tx, facts);
    await tx.audit({
      action: isNew ? 'device.registered' : 'device.signed_in',
      subject: userId,
      outcome: 'success',
      details: { deviceId, sessionId },
    });
  });
}

async function register(tx: AppTransaction, facts: SignInFacts): Promise<void> {
  const { userId, deviceId, amr, signedInAt } = facts;
  await tx.emit(deviceRegistered(facts));
  if (tookPasswordAlone(amr) || (await tx.devices.hadOthers(userId, deviceId))) {
    await tx.emit(deviceNewSignIn(facts));
    await notify(tx, userId, messageOf('new-device', { at: signedInAt, ...calledIn(facts) }));
  }
  await makeRoom(tx, facts);
}

/** The user's devices are held: none of them is trusted or gets a key meanwhile. */
async function makeRoom(tx: AppTransaction, { userId, deviceId }: SignInFacts): Promise<void> {
  const live = await tx.devices.listLive(userId);
  const surplus = surplusDevices(live, deviceId);
  if (surplus.length === 0) return;
  const precious = new Set(live.filter(isPrecious).map(({ id }) => id));
  const at = tx.clock.now();
  for (const device of await tx.devices.remove(userId, surplus, { at })) {
    await announceRemoval(tx, device, { reason: 'limit', at });
    if (precious.has(device.id)) await notify(tx, userId, messageOf('device-removed', { at, ...calledIn(device) }));
  }
}

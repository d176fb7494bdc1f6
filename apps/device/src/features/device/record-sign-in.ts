import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { deviceNewSignIn, deviceRegistered } from '#events.ts';
import { SignInFacts } from '#features/device/schemas.ts';

/**
 * Records a sign-in and the device it came from. A device seen for the first time is registered; where the user had
 * others before, it is told of as a new sign-in.
 * @throws request.invalid
 */
export async function recordSignIn(ctx: AppContext, input: unknown): Promise<void> {
  const facts = parse(SignInFacts, input);
  const access = { who: allow.system('record-sign-in'), audits: ['device.registered', 'device.signed_in'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    await tx.devices.lockOf(facts.userId); // two first sign-ins at once: the later one is the new device
    const hadDevices = await tx.devices.hasAny(facts.userId);
    const device = {
      id: facts.deviceId,
      userId: facts.userId,
      platform: facts.platform,
      model: facts.model,
      appVersion: facts.appVersion,
    };
    const signIn = {
      id: facts.eventId,
      userId: facts.userId,
      deviceId: facts.deviceId,
      sessionId: facts.sessionId,
      clientId: facts.clientId,
      acr: facts.acr,
      signedInAt: facts.signedInAt,
    };
    const { isNew } = await tx.devices.noteSighting({ ...device, seenAt: facts.signedInAt });
    await tx.signIns.add(signIn);
    if (isNew) await tx.emit(deviceRegistered(device, facts.signedInAt));
    if (isNew && hadDevices) await tx.emit(deviceNewSignIn(signIn));
    await tx.audit({
      action: isNew ? 'device.registered' : 'device.signed_in',
      subject: facts.userId,
      outcome: 'success',
      details: { deviceId: facts.deviceId, sessionId: facts.sessionId },
    });
  });
}

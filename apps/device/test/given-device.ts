import { systemIds, uuidv7 } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { recordSignIn } from '#features/sign-in/record-sign-in.ts';

/** The facts of a sign-in on a new device of a new user, as a registration makes it. */
export function signInFacts() {
  return {
    eventId: uuidv7(),
    userId: uuidv7(),
    deviceId: systemIds.next(),
    sessionId: uuidv7(),
    clientId: 'web',
    acr: 'aal1',
    amr: ['pwd', 'otp'],
    platform: 'ios',
    model: 'iPhone 17',
    appVersion: '1.2.3',
    signedInAt: new Date(),
  };
}

/** A device that the user has signed in on; its id. */
export async function givenDevice(
  ctx: AppContext,
  userId: string,
  changes: Partial<ReturnType<typeof signInFacts>> = {},
): Promise<string> {
  const facts = { ...signInFacts(), userId, ...changes };
  await recordSignIn(ctx, facts);
  return facts.deviceId;
}

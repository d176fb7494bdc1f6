import { readerOf } from '@bank/database';
import { parse, type UserId, UserIdSchema } from '@bank/domain';
import type { Assertion } from '#adapters/factors/assertion.ts';
import type { Verdict } from '#adapters/risk/sign-in-assessor.ts';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { type Assurance, assuranceOf } from '#features/second-factor/assurance.ts';
import { isGoodSince } from '#features/second-factor/sufficient-factors.ts';
import { knownAmong, type PresentedDevice, presentedIds } from '#features/session/recognise-device.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { PasskeySignIn } from '#storage/sign-ins/passkey-sign-in.repository.ts';

/** An answer to a challenge that has been used up for it. */
export interface GivenPasskey {
  begun: PasskeySignIn;
  client: Client;
  device: PresentedDevice;
  caller: Caller;
  assertion: Assertion;
}

/** What mfa and device say of it. */
export interface JudgedPasskey extends GivenPasskey {
  /** Whose passkey it is, or a decoy that names nobody. */
  userId: UserId;
  isNamed: boolean;
  isProven: boolean;
  assurance: Assurance;
  /** The device, where it is one of those that its user is known by. */
  knownDeviceId: string | undefined;
  verdict: Verdict;
}

/** Asks mfa, and then device, about a decoy where nobody is named. @throws service.unavailable when mfa does not answer */
export async function judgePasskey(ctx: AppContext, given: GivenPasskey): Promise<JudgedPasskey> {
  const { begun, client, device, caller, assertion } = given;
  const { id: signInId, challenge } = begun;
  const judged = await ctx.passkeys.verify({ signInId, challenge, assertion, audience: client.audience });
  const isNamed = judged.kind === 'accepted';
  const userId = isNamed ? judged.userId : parse(UserIdSchema, ctx.ids.next());
  const assurance = assuranceOf(['passkey'], isNamed ? judged.passkey : undefined);
  const devices = await readerOf(ctx).devices.findMany(userId, presentedIds(device));
  const knownDeviceId = knownAmong(devices, device);
  const { verdict } = await ctx.assessor.assess({
    attemptId: signInId,
    userId,
    knownDeviceId,
    clientId: client.id,
    clientAddress: caller.clientAddress,
    userAgent: caller.userAgent,
    platform: device.input?.platform,
    at: ctx.clock.now(),
  });
  // One that asked its user for nothing proves that it is there, and no more; one of a customer proves nobody of staff.
  const isOfNow = await isGoodSince(ctx, userId, isNamed ? judged.factorId : '');
  const isProven = isNamed && isOfNow && assurance.acr !== 'aal1';
  return { ...given, userId, isNamed, isProven, assurance, knownDeviceId, verdict };
}

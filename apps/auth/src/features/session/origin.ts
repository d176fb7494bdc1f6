import { DataKeyMissing } from '@bank/database';
import type { JsonObject, UserId } from '@bank/domain';
import * as v from 'valibot';
import type { ReadContext } from '#context.ts';
import type { PresentedDevice } from '#features/session/recognise-device.ts';

const text = v.optional(v.string());
const OriginSchema = v.object({ network: text, name: text, platform: text, model: text });

/** Where a session was opened: the network, and what the device said of itself. For its user's eyes alone. */
export type SessionOrigin = v.InferOutput<typeof OriginSchema>;

const placeOf = (userId: UserId) => ({ userId, table: 'sessions', group: 'origin', keyClass: 'erasable' }) as const;

/** Seals it for the row of a session. */
export function sealOrigin(ctx: ReadContext, userId: UserId, device: PresentedDevice): Promise<Uint8Array> {
  const { name, platform, model } = device.input ?? {};
  const origin = Object.entries({ network: device.network, name, platform, model });
  const known = Object.fromEntries(origin.filter(([, value]) => value !== undefined)) as JsonObject;
  return ctx.vault.seal(ctx.em, placeOf(userId), known);
}

/** Opens it again. Of a session from before it was kept, or whose user's keys are gone, nothing is known. @throws SealBroken */
export async function openOrigin(ctx: ReadContext, userId: UserId, sealed: Uint8Array | null): Promise<SessionOrigin> {
  if (sealed === null) return {};
  try {
    return v.parse(OriginSchema, await ctx.vault.open(ctx.em, placeOf(userId), sealed));
  } catch (error) {
    if (error instanceof DataKeyMissing) return {};
    throw error;
  }
}

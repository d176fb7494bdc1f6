import { type Actor, allow, parse } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { type RevocationPage, readRevocations } from '#features/revocation/read-revocations.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ListRevocationsSchema = v.object({ epoch: count, sinceNumber: count });

/**
 * Live revocations after a number, for a process that missed some; another epoch is answered from its beginning.
 * @throws access.forbidden, request.invalid, service.unavailable while nobody publishes
 */
export async function listRevocations(ctx: AppContext, input: unknown, actor: Actor): Promise<RevocationPage> {
  allow.service(actor);
  const { epoch, sinceNumber } = parse(ListRevocationsSchema, input);
  return await readRevocations(ctx, { epoch, number: sinceNumber });
}

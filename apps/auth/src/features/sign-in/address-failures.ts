import { DomainError } from '@bank/domain';
import { type AddressGroup, addressGroups } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { type Counted, countOne } from '#features/limit/count-one.ts';

/** A rate, never a consecutive count: many people may share an address, and one success clears nobody's name. */
const limit = { points: 100, windowSeconds: 600 };

/**
 * Judges a secret that came from an address (an IPv6 /64, and a /48 with sixteen times the limit), as one of the failures that
 * the address has left. Its failure is counted
 * before anything is looked up, so that of many secrets at once no more are judged than may be wrong (SR-12), and is given back
 * unless the secret was: what is right, or was not judged, costs the others behind the address nothing.
 * @throws request.rate_limited
 */
export async function withFailureLimit<T>(
  ctx: AppContext,
  clientAddress: string,
  judge: () => Promise<T>,
  isWrong: (outcome: T) => boolean,
): Promise<T> {
  const failure = await countFailure(ctx, clientAddress);
  let stays = false;
  try {
    const outcome = await judge();
    stays = isWrong(outcome);
    return outcome;
  } finally {
    if (!stays) await failure.giveBack();
  }
}

async function countFailure(ctx: AppContext, clientAddress: string): Promise<{ giveBack: () => Promise<void> }> {
  const counted = await Promise.all(addressGroups(clientAddress).map((group) => countIn(ctx, group)));
  const giveBack = async () => {
    await Promise.all(counted.map((one) => one.giveBack()));
  };
  const refused = counted.filter(({ allowed }) => !allowed);
  if (refused.length === 0) return { giveBack };
  // Nothing was judged: those who are being judged may yet give theirs back.
  await giveBack();
  throw new DomainError('request.rate_limited', {
    reason: 'failed sign-ins of the address',
    details: { retryAfterSeconds: Math.max(...refused.map(({ resetSeconds }) => resetSeconds)) },
  });
}

function countIn(ctx: AppContext, { name, times }: AddressGroup): Promise<Counted> {
  const points = limit.points * times * ctx.config.RATE_LIMIT_IP_MULTIPLIER;
  return countOne(ctx, `sign-in-failures:${name}`, { ...limit, points });
}

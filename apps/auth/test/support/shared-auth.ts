import { runAuth, type StartOptions, type TestAuth } from './auth.ts';
import { staffCallers } from './colleagues.ts';
import { usualAnswers } from './neighbours.ts';

/** What a file may need of a service that others have too; none of them is about these limits. */
const enoughForAll = {
  callers: staffCallers(),
  env: {
    DATABASE_POOL_MAX: '8',
    SMS_PER_PREFIX_PER_HOUR: '100000',
    SMS_PER_HOUR: '100000',
  },
} satisfies StartOptions;

let shared: Promise<TestAuth> | undefined;

/**
 * The service that the files of a worker share, which is started for the first of them and goes on to the end of the run: a
 * file is spared a database, a virtual host and a start. Its neighbours answer as usual when a file begins. For files whose
 * tests make what they need: whoever shifts the clock, or counts or changes what everybody holds, starts one of its own.
 */
export async function sharedAuth(): Promise<TestAuth> {
  shared ??= runAuth(enoughForAll);
  const auth = await shared;
  Object.assign(auth.neighbours, { deviceTrustedAt: undefined }, usualAnswers());
  return { ...auth, clock: { ...auth.clock, advance: refuseToAdvance } };
}

function refuseToAdvance(): never {
  throw new Error('the clock of a shared service is everybody’s: start a service of its own with startAuth()');
}

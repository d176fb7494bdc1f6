import { audiences } from '@bank/domain';
import * as v from 'valibot';

const known: readonly string[] = Object.values(audiences);

/**
 * An audience that tokens are issued for. Under any other name no token would ever be good, so whoever asks by one is told that
 * the question is wrong, and not that everybody's token is. Fails by the rule `audience`.
 */
export const AudienceSchema = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(128),
  v.check((name) => known.includes(name), 'audience'),
);

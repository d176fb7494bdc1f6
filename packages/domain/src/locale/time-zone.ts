import * as v from 'valibot';
import { isTimeZoneName } from '#locale/time-zone-names.ts';

const lengthMax = 64;

/**
 * A time zone of the IANA database by its name as it is spelt there, an older one for the same zone included: `Asia/Kolkata`, `UTC`.
 * No offset such as `+01:00`, which knows no summer time.
 */
export const TimeZoneSchema = v.pipe(
  v.string(),
  v.maxLength(lengthMax, 'time_zone'),
  v.check((name) => isTimeZoneName(name) && isKnownToIntl(name), 'time_zone'),
);

function isKnownToIntl(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

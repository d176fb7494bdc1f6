import * as v from 'valibot';

// Names alone: an offset such as `+01:00` knows no summer time.
const zoneName = /^[A-Z][A-Za-z0-9]*(?:[/_-][A-Za-z0-9+]+)*$/;
const lengthMax = 64;

/** A time zone of the IANA database by its name, an older one for the same zone included: `Asia/Kolkata`, `UTC`. */
export const TimeZoneSchema = v.pipe(
  v.string(),
  v.maxLength(lengthMax, 'time_zone'),
  v.regex(zoneName, 'time_zone'),
  v.check(isTimeZone, 'time_zone'),
);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

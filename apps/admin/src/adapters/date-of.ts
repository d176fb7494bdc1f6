import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';

/** The moment of a message, or null where it has none. */
export function dateOf(timestamp: Timestamp | undefined): Date | null {
  return timestamp === undefined ? null : timestampDate(timestamp);
}

import type { MessageCategory, MessageChannel } from '@bank/domain';

/** What of a user's settings decides on a message. */
export interface MessageChoices {
  /** IANA. */
  readonly timeZone: string;
  /** Local times, `HH:MM`. */
  readonly quietHours: { readonly from: string; readonly to: string } | undefined;
  /** What the user has switched off, as `<channel> <category>`. */
  readonly switchedOff: ReadonlySet<`${MessageChannel} ${MessageCategory}`>;
}

/** A message as choices see it. */
export interface ChosenMessage {
  readonly channel: MessageChannel;
  readonly category: MessageCategory;
  readonly expiresAt: Date;
}

/** What becomes of it: `late` for one that goes in quiet hours because it would be too late at their end. */
export type ChoiceVerdict =
  | { readonly kind: 'send' | 'late' | 'switched_off' }
  | { readonly kind: 'wait'; readonly until: Date };

const minuteMs = 60_000;
const dayMinutes = 1440;

/** Whether a message goes now, later or never, by what its reader has chosen. About security nobody has a choice. */
export function judgeByChoices(
  { channel, category, expiresAt }: ChosenMessage,
  { quietHours, switchedOff, timeZone }: MessageChoices,
  now: Date,
): ChoiceVerdict {
  if (category === 'security') return { kind: 'send' };
  if (switchedOff.has(`${channel} ${category}`)) return { kind: 'switched_off' };
  const until = quietHours && quietUntil(quietHours, timeZone, now);
  if (until === undefined) return { kind: 'send' };
  return until < expiresAt ? { kind: 'wait', until } : { kind: 'late' };
}

/** When the quiet hours end in which a moment lies; undefined when it lies in none. Hours over midnight end on the next day. */
export function quietUntil(hours: { from: string; to: string }, timeZone: string, now: Date): Date | undefined {
  const [from, to, local] = [minutesOf(hours.from), minutesOf(hours.to), localMinutes(timeZone, now)];
  const isQuiet = from < to ? from <= local && local < to : local >= from || local < to;
  if (!isQuiet) return undefined;
  const minute = Math.floor(now.getTime() / minuteMs) * minuteMs;
  const end = new Date(minute + ((to - local + dayMinutes) % dayMinutes) * minuteMs);
  return withinChangeOfClocks(end, to, timeZone, now);
}

/** The end by the clocks on the wall, should they be changed until then; as it was where that time does not exist. */
function withinChangeOfClocks(end: Date, to: number, timeZone: string, now: Date): Date {
  const off = ((to - localMinutes(timeZone, end) + dayMinutes * 1.5) % dayMinutes) - dayMinutes / 2;
  const moved = new Date(end.getTime() + off * minuteMs);
  return moved > now && localMinutes(timeZone, moved) === to ? moved : end;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The time of day in a zone, in minutes; in UTC where the zone is younger than what this process knows of zones. */
function localMinutes(timeZone: string, at: Date): number {
  return minutesOf(clockOf(timeZone).format(at));
}

/** As many as there are zones, which profile lets in by their names alone; made once, since making one is slow. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const made = makeClock(timeZone);
  clocks.set(timeZone, made);
  return made;
}

function makeClock(timeZone: string): Intl.DateTimeFormat {
  const ofDay = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...ofDay, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...ofDay, timeZone: 'UTC' });
  }
}

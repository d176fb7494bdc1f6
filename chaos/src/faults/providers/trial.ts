import type { Chaos } from '#chaos.ts';
import { refused, tally } from '#faults/answers.ts';
import type { Actor } from '#load/actions/action.ts';
import { GatewayClient } from '#load/gateway-client.ts';
import { Journal } from '#load/journal.ts';
import { inTime } from '#pause.ts';

/** Half of what a slow provider takes: who had waited for it would be later. */
export const answeredWithinMs = 5_000;
/** What the sandbox takes when it is slow, and some more. */
export const slowWithinMs = 20_000;
/** Long enough for what is tried again, which is after five seconds and then ever later. */
export const retriedWithinMs = 30_000;
/** The tries grow apart: the one after a provider is back may be as far away as it was gone. */
export const goneWithinMs = 90_000;

/** What came of a provider that was slow, or failed. */
export interface Tried {
  /** How much of what was to come through it came. */
  readonly came: number;
  readonly broken: readonly string[];
}

/** Requests that are measured apart from the load; what they wrote is checked with all else. */
export interface Trial {
  readonly actor: Actor;
  /** The slowest answer so far, in milliseconds. */
  slowestMs(): number;
  /** Answers that say that the stack is at fault. */
  refusals(): readonly string[];
}

/** Begins to measure. What is acknowledged from now on is the checker's as well. */
export function beginTrial({ stack, journal, random, staff }: Chaos): Trial {
  const own = new Journal(journal.acknowledged);
  const { gateway, sandbox } = stack.addresses;
  const client = new GatewayClient(gateway, own);
  return {
    actor: { client, journal: own, random, inboxUrl: sandbox.http, staff, accounts: [] },
    slowestMs: () => Math.max(0, ...own.answers.map(({ sentAt, answeredAt }) => answeredAt - sentAt)),
    refusals: () => tally(refused(own.answers), ({ route, status }) => `${route} was answered with ${status}`),
  };
}

/** Lines of an app's metrics of which one has to show that something is under way; whether one did in time, and the last that were seen. */
export async function seenUnderWay(
  url: string,
  isShown: (line: string) => boolean,
): Promise<{ readonly isSeen: boolean; readonly lines: readonly string[] }> {
  let lines: readonly string[] = [];
  const isSeen = await inTime(async () => {
    lines = await metricsOf(url);
    return lines.some(isShown);
  }, answeredWithinMs);
  return { isSeen, lines };
}

/** What an app says of its providers: names, labels and values. */
export async function metricsOf(url: string): Promise<readonly string[]> {
  const answer = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(answeredWithinMs) });
  return (await answer.text()).split('\n').filter((line) => /^(message_provider|kyc_submission)/.test(line));
}

/** What did not come of that many. */
export function missing(what: string, came: number, of: number): string[] {
  return came === of ? [] : [`${of - came} of ${of} ${what} did not come`];
}

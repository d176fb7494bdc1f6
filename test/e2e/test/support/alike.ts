import { setTimeout as pause } from 'node:timers/promises';
import { pairsByLot, telltaleGap } from '@bank/testing';
import { expect } from 'vitest';
import type { Exchange } from '#client.ts';

/** Asks the same thing of somebody else in every round. */
export type Ask = (round: number) => Promise<Exchange>;

const gapMaxMs = 5;
// The mail and the events that an answer leaves to be done keep both cores busy for as long; they must not meet the next one.
const aftermathMs = 60;
const volatile = new Set(['connection', 'date', 'keep-alive', 'ratelimit', 'traceparent', 'x-request-id']);

/**
 * Asks about what exists and about what does not, in pairs: neither the answers nor the time they take may tell the two apart
 * (SR-15).
 */
export async function expectAlike(rounds: number, existing: Ask, missing: Ask): Promise<void> {
  const pairs = await pairsByLot(
    rounds,
    (round) => timed(existing, round),
    (round) => timed(missing, round),
  );
  for (const [found, absent] of pairs) expect(found.seen).toEqual(absent.seen);
  const differencesMs = pairs.map(([found, absent]) => found.ms - absent.ms);
  expect(telltaleGap(differencesMs)).toBeLessThanOrEqual(gapMaxMs);
}

async function timed(ask: Ask, round: number): Promise<{ ms: number; seen: object }> {
  await pause(aftermathMs);
  const startedAt = performance.now();
  const answer = await ask(round);
  return { ms: performance.now() - startedAt, seen: visibleOf(answer) };
}

/** Everything of an answer that somebody could tell two by; ids are new in each. */
export function visibleOf({ status, body, headers }: Exchange): object {
  const fields = Object.entries(body ?? {}).filter(([name]) => name !== 'requestId' && name !== 'registrationId');
  return { status, fields, headers: [...headers].filter(([name]) => !volatile.has(name)) };
}

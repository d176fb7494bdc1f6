import { describe, expect, it } from 'vitest';
import {
  attemptsOf,
  failureStory,
  headersAfterFailure,
  headersAsPublished,
  knownAttemptsOf,
} from '#consume/attempts.ts';

const at = new Date('2026-01-02T03:04:05.678Z');
const failure = { away: false, reason: 'busy', consumer: 'create-profile', at };

describe('the headers of a message that failed', () => {
  it('count failures and remember the first', () => {
    const first = headersAfterFailure(attemptsOf({}), failure);
    const later = new Date('2026-01-02T03:05:00.000Z');
    const second = headersAfterFailure(attemptsOf(first), { ...failure, reason: 'locked', at: later });
    expect(failureStory(second)).toEqual({
      failures: 2,
      firstFailedAt: at.toISOString(),
      lastFailedAt: later.toISOString(),
      reason: 'locked',
      consumer: 'create-profile',
    });
  });

  it('hold the times that something was away against no other try', () => {
    const away = { ...failure, away: true };
    const twice = headersAfterFailure(attemptsOf(headersAfterFailure(attemptsOf({}), away)), away);
    const third = headersAfterFailure(attemptsOf(twice), failure);
    expect(third).toMatchObject({ 'x-failures': 1, 'x-away-failures': 2 });
    expect(failureStory(third).failures).toBe(3);
  });

  it.each(['3', -1, 1.5, Number.NaN, null, {}, []])('count from nothing when they say %j', (failures) => {
    expect(attemptsOf({ 'x-failures': failures }).failures).toBe(0);
  });

  it('hold no try of a process that did not know the type against one that does', () => {
    const unknown = headersAfterFailure(attemptsOf({ 'x-failures': 3 }), {
      ...failure,
      reason: 'message.unknown_type: a.v1',
    });
    expect(knownAttemptsOf(unknown)).toEqual({ failures: 0, awayFailures: 0, firstFailedAt: at.toISOString() });
    expect(knownAttemptsOf(headersAfterFailure(attemptsOf({}), failure)).failures).toBe(1);
  });

  it('give the reason of the broker where no consumer could', () => {
    expect(failureStory({ 'x-first-death-reason': 'delivery_limit' }).reason).toBe('delivery_limit');
    expect(failureStory({}).reason).toBe('unknown');
  });

  it('lose their history for a replay, and keep trace and request', () => {
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x-request-id': 'r1' };
    const headers = { ...trace, ...headersAfterFailure(attemptsOf({}), failure), 'x-death': [{}], rascal: {} };
    expect(headersAsPublished(headers)).toEqual(trace);
  });
});

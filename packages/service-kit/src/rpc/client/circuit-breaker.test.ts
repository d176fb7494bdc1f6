import { fixedClock } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '#rpc/client/circuit-breaker.ts';

const shownBy = (error: unknown) => (error === 'away' ? 'away' : error === 'refused' ? 'answers' : 'nothing');
const fails = () => Promise.reject('away');
const refuses = () => Promise.reject('refused');
const works = async () => 'done';

function breakerAt(clock = fixedClock()) {
  const breaker = new CircuitBreaker('bank.x', { failures: 3, openMs: 2000 }, clock);
  const fail = (work = fails) => breaker.run(work, shownBy).catch((error: unknown) => error);
  return { breaker, clock, fail };
}

describe('CircuitBreaker', () => {
  it('opens after failures in a row, and then does not call at all', async () => {
    const { breaker, fail } = breakerAt();
    await fail();
    await fail();
    await breaker.run(works, shownBy);
    await fail();
    await fail();
    expect(breaker.state).toBe('closed');
    await fail();
    expect(breaker.state).toBe('open');
    let called = false;
    const blocked = breaker.run(async () => {
      called = true;
    }, shownBy);
    await expect(blocked).rejects.toMatchObject({ code: 'service.unavailable', details: { retryAfterSeconds: 2 } });
    expect(called).toBe(false);
  });

  it('does not count what the callee refuses', async () => {
    const { breaker, fail } = breakerAt();
    for (let call = 0; call < 10; call += 1) {
      expect(await fail(refuses)).toBe('refused');
    }
    expect(breaker.state).toBe('closed');
  });

  it('lets one trial call through after a while, and closes when it succeeds', async () => {
    const { breaker, clock, fail } = breakerAt();
    await Promise.all([fail(), fail(), fail()]);
    clock.advance(2000);
    expect(breaker.state).toBe('half_open');
    const gate = Promise.withResolvers<string>();
    const trial = breaker.run(() => gate.promise, shownBy);
    expect(breaker.state).toBe('open');
    expect(await fail()).toMatchObject({ code: 'service.unavailable' });
    gate.resolve('back');
    expect(await trial).toBe('back');
    expect(breaker.state).toBe('closed');
  });

  it('tries at once where the clock was set back meanwhile', async () => {
    const { breaker, clock, fail } = breakerAt();
    await Promise.all([fail(), fail(), fail()]);
    clock.advance(-300_000);
    expect(breaker.state).toBe('half_open');
    expect(await breaker.run(works, shownBy)).toBe('done');
    expect(breaker.state).toBe('closed');
  });

  it('tries again when the trial was given up: that shows nothing', async () => {
    const { breaker, clock, fail } = breakerAt();
    await Promise.all([fail(), fail(), fail()]);
    clock.advance(2000);
    await fail(() => Promise.reject('given up'));
    expect(breaker.state).toBe('half_open');
    await fail();
    expect(breaker.state).toBe('open');
  });

  it('opens again when the trial fails', async () => {
    const { breaker, clock, fail } = breakerAt();
    await Promise.all([fail(), fail(), fail()]);
    clock.advance(2000);
    await fail();
    expect(breaker.state).toBe('open');
    clock.advance(1999);
    expect(breaker.state).toBe('open');
    clock.advance(1);
    expect(breaker.state).toBe('half_open');
  });
});

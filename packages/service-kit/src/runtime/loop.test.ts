import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLoop, type LoopOptions } from '#runtime/loop.ts';

function loopOf(work: LoopOptions['work']) {
  const warn = vi.fn();
  return { warn, loop: createLoop({ name: 'test', everyMs: 60_000, logger: { warn }, work }) };
}

afterEach(() => vi.useRealTimers());

describe('createLoop', () => {
  it('works once at the start, and before that not at all', async () => {
    const work = vi.fn(async () => undefined);
    const { loop } = loopOf(work);
    loop.wake();
    expect(work).not.toHaveBeenCalled();
    await loop.start();
    expect(work).toHaveBeenCalledTimes(1);
    await loop.stop();
  });

  it('makes one more round of all wakings during a round', async () => {
    const gate = Promise.withResolvers<void>();
    const work = vi.fn(() => gate.promise);
    const { loop } = loopOf(work);
    const started = loop.start();
    for (let waking = 0; waking < 5; waking += 1) loop.wake();
    gate.resolve();
    await started;
    expect(work).toHaveBeenCalledTimes(2);
    await loop.stop();
  });

  it('goes on after a round that failed', async () => {
    const work = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue(undefined);
    const { loop, warn } = loopOf(work);
    await loop.start();
    expect(warn).toHaveBeenCalledTimes(1);
    loop.wake();
    await loop.stop();
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('tries a round that failed again after a second, then after twice as long each time', async () => {
    vi.useFakeTimers();
    const work = vi.fn().mockRejectedValue(new Error('away'));
    const { loop } = loopOf(work);
    const roundsAfter = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return work.mock.calls.length;
    };
    await loop.start();
    expect([await roundsAfter(999), await roundsAfter(1), await roundsAfter(2000), await roundsAfter(4000)]).toEqual([
      1, 2, 3, 4,
    ]);
    work.mockResolvedValue(undefined);
    expect([await roundsAfter(8000), await roundsAfter(44_999), await roundsAfter(1)]).toEqual([5, 5, 6]);
    work.mockRejectedValue(new Error('away again'));
    expect([await roundsAfter(60_000), await roundsAfter(1000)]).toEqual([7, 8]);
    await loop.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is over when it is stopped', async () => {
    const work = vi.fn(async () => undefined);
    const { loop } = loopOf(work);
    await loop.start();
    await loop.stop();
    loop.wake();
    expect(work).toHaveBeenCalledTimes(1);
  });
});

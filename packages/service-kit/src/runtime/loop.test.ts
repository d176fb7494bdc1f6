import { describe, expect, it, vi } from 'vitest';
import { createLoop, type LoopOptions } from '#runtime/loop.ts';

function loopOf(work: LoopOptions['work']) {
  const warn = vi.fn();
  return { warn, loop: createLoop({ name: 'test', everyMs: 60_000, logger: { warn }, work }) };
}

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

  it('is over when it is stopped', async () => {
    const work = vi.fn(async () => undefined);
    const { loop } = loopOf(work);
    await loop.start();
    await loop.stop();
    loop.wake();
    expect(work).toHaveBeenCalledTimes(1);
  });
});

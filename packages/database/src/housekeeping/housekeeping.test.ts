import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHousekeeping } from '#housekeeping/housekeeping.ts';

describe('createHousekeeping', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs every chore at once and then regularly, whatever the others do', async () => {
    vi.useFakeTimers();
    const [done, failed] = [vi.fn(), vi.fn()];
    const broken = new Error('broken');
    const housekeeping = createHousekeeping({
      chores: [
        { name: 'fails', run: () => Promise.reject(broken) },
        { name: 'works', run: async () => 3 },
      ],
      everyMs: 1000,
      onDone: done,
      onError: failed,
    });
    await housekeeping.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(failed).toHaveBeenCalledExactlyOnceWith('fails', broken);
    expect(done).toHaveBeenCalledExactlyOnceWith('works', 3);
    await vi.advanceTimersByTimeAsync(2000);
    expect(done).toHaveBeenCalledTimes(3);
    await housekeeping.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(done).toHaveBeenCalledTimes(3);
  });

  it('waits at its end for the chore under way and begins no other', async () => {
    const gate = Promise.withResolvers<void>();
    const second = vi.fn(async () => undefined);
    const housekeeping = createHousekeeping({
      chores: [
        { name: 'first', run: () => gate.promise },
        { name: 'second', run: second },
      ],
    });
    await housekeeping.start();
    const stopping = housekeeping.stop();
    gate.resolve();
    await stopping;
    expect(second).not.toHaveBeenCalled();
  });
});

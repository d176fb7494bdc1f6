import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHousekeeping } from '#housekeeping/housekeeping.ts';

const everyMinute = '* * * * *';

describe('createHousekeeping', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs every chore at once and then by the schedule, whatever the others do', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-01T00:00:30Z') });
    const [done, failed] = [vi.fn(), vi.fn()];
    const broken = new Error('broken');
    const housekeeping = createHousekeeping({
      chores: [
        { name: 'fails', run: () => Promise.reject(broken) },
        { name: 'works', run: async () => 3 },
      ],
      schedule: everyMinute,
      onDone: done,
      onError: failed,
    });
    await housekeeping.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(failed).toHaveBeenCalledExactlyOnceWith('fails', broken);
    expect(done).toHaveBeenCalledExactlyOnceWith('works', 3);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(done).toHaveBeenCalledTimes(3);
    await housekeeping.stop();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(done).toHaveBeenCalledTimes(3);
  });

  it('begins no round while one is under way', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-01T00:00:30Z') });
    const gate = Promise.withResolvers<void>();
    const slow = vi.fn(() => gate.promise);
    const housekeeping = createHousekeeping({ chores: [{ name: 'slow', run: slow }], schedule: everyMinute });
    await housekeeping.start();
    await vi.advanceTimersByTimeAsync(180_000);
    expect(slow).toHaveBeenCalledOnce();
    gate.resolve();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(slow).toHaveBeenCalledTimes(2);
    await housekeeping.stop();
  });

  it('waits at its end for the chore under way and begins no other', async () => {
    const gate = Promise.withResolvers<void>();
    const second = vi.fn(async () => undefined);
    const housekeeping = createHousekeeping({
      chores: [
        { name: 'first', run: () => gate.promise },
        { name: 'second', run: second },
      ],
      schedule: everyMinute,
    });
    await housekeeping.start();
    const stopping = housekeeping.stop();
    gate.resolve();
    await stopping;
    expect(second).not.toHaveBeenCalled();
  });

  it('refuses a schedule that is none', () => {
    expect(() => createHousekeeping({ chores: [], schedule: 'hourly' })).toThrow();
  });
});

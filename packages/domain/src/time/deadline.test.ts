import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDeadline } from '#time/deadline.ts';

const late = () => new Error('late');

describe('withDeadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives what the work gives in time, and leaves no timer', async () => {
    await expect(withDeadline(Promise.resolve('done'), 1000, late)).resolves.toBe('done');
    await expect(withDeadline(Promise.reject(new Error('failed')), 1000, late)).rejects.toThrow('failed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects at the deadline; what the work does later is ignored', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const outcome = expect(withDeadline(promise, 1000, late)).rejects.toThrow('late');
    await vi.advanceTimersByTimeAsync(999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await outcome;
    reject(new Error('after the deadline'));
  });
});

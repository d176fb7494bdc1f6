import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createWorkQueue } from '#password/work-queue.ts';

/** A job that is finished from outside. */
function openJob() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, finish: () => resolve() };
}

describe('createWorkQueue', () => {
  test('runs so many at a time, in order of arrival', async () => {
    const queue = createWorkQueue({ concurrency: 2, queueMax: 10 });
    const jobs = Array.from({ length: 4 }, openJob);
    const started: number[] = [];
    const runs = jobs.map((job, index) =>
      queue.run(() => {
        started.push(index);
        return job.run();
      }),
    );
    await vi.waitFor(() => expect(started).toEqual([0, 1]));
    jobs[1]?.finish();
    await vi.waitFor(() => expect(started).toEqual([0, 1, 2]));
    for (const job of jobs) {
      job.finish();
    }
    await Promise.all(runs);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  test('a failed job gives its place on', async () => {
    const queue = createWorkQueue({ concurrency: 1, queueMax: 1 });
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const next = queue.run(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(queue.stats()).toMatchObject({ running: 0, queued: 0, completed: 2 });
  });

  test('never runs more than it may, never loses one', async () => {
    const sizes = fc.record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      queueMax: fc.integer({ min: 0, max: 8 }),
      jobs: fc.integer({ min: 0, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ concurrency, queueMax, jobs }) => {
        const queue = createWorkQueue({ concurrency, queueMax });
        let running = 0;
        let peak = 0;
        const results = await Promise.allSettled(
          Array.from({ length: jobs }, () =>
            queue.run(async () => {
              running += 1;
              peak = Math.max(peak, running);
              await Promise.resolve();
              running -= 1;
            }),
          ),
        );
        expect(peak).toBe(Math.min(concurrency, jobs));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(
          Math.min(jobs, concurrency + queueMax),
        );
        expect(queue.stats()).toMatchObject({ running: 0, queued: 0 });
      }),
    );
  });
});

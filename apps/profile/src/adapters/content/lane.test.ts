import { expect, test } from 'vitest';
import { createLane } from './lane.ts';

test('a lane runs so many at a time, lets some wait and turns the others away', async () => {
  const lane = createLane({ width: 2, waitingMax: 3 });
  let [running, most] = [0, 0];
  const release = Promise.withResolvers<void>();
  const job = async () => {
    running += 1;
    most = Math.max(most, running);
    await release.promise;
    running -= 1;
  };
  const jobs = Array.from({ length: 5 }, () => lane.run(job));
  await expect(lane.run(job)).rejects.toMatchObject({ code: 'service.overloaded' });
  release.resolve();
  await Promise.all(jobs);
  expect(most).toBe(2);
  await expect(lane.run(async () => 'again')).resolves.toBe('again');
});

test('a job that fails gives its place to the next', async () => {
  const lane = createLane({ width: 1, waitingMax: 1 });
  const failing = lane.run(() => Promise.reject(new Error('no')));
  await expect(lane.run(async () => 'next')).resolves.toBe('next');
  await expect(failing).rejects.toThrow('no');
});

test('a lane turns away what one user has too many of, running or waiting, and nobody else', async () => {
  const lane = createLane({ width: 1, waitingMax: 8, perUserMax: 2 });
  const release = Promise.withResolvers<void>();
  const job = () => release.promise;
  const jobs = [lane.run(job, 'one'), lane.run(job, 'one')];
  await expect(lane.run(job, 'one')).rejects.toMatchObject({ code: 'request.rate_limited' });
  jobs.push(lane.run(job, 'other'), lane.run(job));
  release.resolve();
  await Promise.all(jobs);
  await expect(lane.run(() => Promise.reject(new Error('no')), 'one')).rejects.toThrow('no');
  await expect(Promise.all([1, 2].map((number) => lane.run(async () => number, 'one')))).resolves.toEqual([1, 2]);
});

import { until } from '@bank/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClaimingLoop } from '#runtime/claiming-loop.ts';

/** A loop over so many things that wait, two at once; each is under way until its `end` is called. */
async function loopOver(waiting: number) {
  const due = Array.from({ length: waiting }, (_, index) => String(index));
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const warn = vi.fn();
  const claim = vi.fn(async (limit: number) => due.splice(0, limit));
  const loop = createClaimingLoop({
    ...{ name: 'test', everyMs: 60_000, logger: { warn }, max: 2, claim },
    handle(id) {
      const ended = Promise.withResolvers<void>();
      ends.set(id, ended);
      return ended.promise;
    },
    idsOf: (id) => ({ id }),
  });
  await loop.start();
  onTestFinished(() => {
    for (const ended of ends.values()) ended.resolve();
    return loop.stop();
  });
  return { loop, claim, warn, due, begun: () => [...ends.keys()], end: (id: string) => ends.get(id) };
}

describe('createClaimingLoop', () => {
  it('claims as many as there are places, and nothing while all are taken', async () => {
    const { loop, claim, begun } = await loopOver(3);
    expect(begun()).toEqual(['0', '1']);
    loop.wake();
    await new Promise(setImmediate);
    expect(claim.mock.calls).toEqual([[2]]);
  });

  it('fills a place that gets free when the last claim filled all, whatever the other does', async () => {
    const { claim, begun, end } = await loopOver(3);
    end('1')?.resolve();
    await until(() => begun().length === 3);
    expect(begun()).toEqual(['0', '1', '2']);
    expect(claim.mock.calls).toEqual([[2], [1]]);
  });

  it('waits for its time, or for a waking, when the last claim left a place free', async () => {
    const { loop, claim, due, begun, end } = await loopOver(1);
    end('0')?.resolve();
    await new Promise(setImmediate);
    expect(claim).toHaveBeenCalledTimes(1);
    due.push('later');
    loop.wake();
    await until(() => begun().includes('later'));
    expect(claim).toHaveBeenLastCalledWith(2);
  });

  it('logs what fails by its ids, and goes on', async () => {
    const { warn, begun, end } = await loopOver(3);
    const err = new Error('away');
    end('0')?.reject(err);
    await until(() => begun().includes('2'));
    expect(warn.mock.calls).toEqual([[{ err, job: 'test', id: '0' }, expect.any(String)]]);
  });

  it('has stopped when what was under way has ended, and claims nothing more', async () => {
    const { loop, claim, end } = await loopOver(4);
    let hasStopped = false;
    const stopping = loop.stop().then(() => {
      hasStopped = true;
    });
    end('0')?.resolve();
    await new Promise(setImmediate);
    expect(hasStopped).toBe(false);
    end('1')?.resolve();
    await stopping;
    expect(claim).toHaveBeenCalledTimes(1);
  });
});

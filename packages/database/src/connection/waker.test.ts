import { expect, it } from 'vitest';
import { createWaker } from '#connection/waker.ts';

it('sends one notification at a time and makes one of those that were asked for meanwhile', async () => {
  const sent: string[] = [];
  const gate = Promise.withResolvers<void>();
  const waker = createWaker(async (_sql, [channel]) => {
    sent.push(String(channel));
    await gate.promise;
  });
  waker.notifySoon('a');
  waker.notifySoon('a');
  waker.notifySoon('a');
  waker.notifySoon('b');
  expect(sent).toEqual(['a', 'b']);
  gate.resolve();
  await waker.settled();
  expect(sent).toEqual(['a', 'b', 'a']);
});

it('takes no harm from a database that is away', async () => {
  const waker = createWaker(() => Promise.reject(new Error('away')));
  waker.notifySoon('a');
  await waker.settled();
});

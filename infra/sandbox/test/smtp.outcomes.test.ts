import { describe, expect, test } from 'vitest';
import { runningSandbox } from './running.ts';

describe('mail to', () => {
  test.each([
    ['bounce@bank.example', 550],
    ['Bounce+42@bank.example', 550],
    ['full@bank.example', 552],
    ['defer@bank.example', 451],
  ])('%s is refused with %i, always', async (to, responseCode) => {
    const { send, messages } = await runningSandbox();
    for (let round = 0; round < 2; round += 1) await expect(send({ to })).rejects.toMatchObject({ responseCode });
    expect(await messages()).toEqual([]);
  });

  test('flaky@… is refused once for each message', async () => {
    const { send, messages } = await runningSandbox();
    for (const messageId of ['<d1@bank.example>', '<d2@bank.example>']) {
      const mail = { to: 'flaky@bank.example', messageId };
      await expect(send(mail)).rejects.toMatchObject({ responseCode: 451 });
      await send(mail);
    }
    expect(await messages()).toHaveLength(2);
  });

  test('slow@… is accepted after the set time', async () => {
    const { send, messages } = await runningSandbox({ slowMs: 300 });
    const began = performance.now();
    await send({ to: 'slow@bank.example' });
    expect(performance.now() - began).toBeGreaterThanOrEqual(300);
    expect(await messages()).toHaveLength(1);
  });

  test('mute@… is kept, and the sender never learns of it', async () => {
    const { send, messages } = await runningSandbox();
    const failure = send({ to: 'mute@bank.example' });
    await expect(failure).rejects.toMatchObject({ code: 'ECONNECTION' });
    await expect(failure).rejects.not.toHaveProperty('responseCode');
    expect(await messages()).toHaveLength(1);
  });

  test('bouncer@… and everybody else is delivered', async () => {
    const { send, messages } = await runningSandbox();
    await send({ to: 'bouncer@bank.example' });
    expect(await messages()).toHaveLength(1);
  });
});

test('a message over 1 MiB is refused', async () => {
  const { send, messages } = await runningSandbox();
  await expect(send({ to: 'ada@bank.example', text: 'x'.repeat(1_100_000) })).rejects.toMatchObject({
    responseCode: 552,
  });
  expect(await messages()).toEqual([]);
});

test('a stop does not wait for those who are slow', async () => {
  const { send } = await runningSandbox({ slowMs: 60_000 });
  // The sandbox is stopped when the test ends, while this one is still being answered.
  void send({ to: 'slow@bank.example' }).catch(() => undefined);
});

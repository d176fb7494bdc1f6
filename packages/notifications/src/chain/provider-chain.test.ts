import { describe, expect, test } from 'vitest';
import { type AttemptOutcome, createProviderChain } from '#chain/provider-chain.ts';
import { DeliveryError, type MessageProvider } from '#providers/message-provider.ts';

const away = () => Promise.reject(new DeliveryError('transient', 'ENETWORK', { carrierAway: true }));
const refused = (kind: 'transient' | 'permanent') => () =>
  Promise.reject(new DeliveryError(kind, 'EREFUSED', { status: 451 }));
const accepts = () => Promise.resolve({ providerMessageId: 'm' });

function carrier(name: string, send: MessageProvider<string>['send']) {
  const sent: string[] = [];
  const provider: MessageProvider<string> & { sent: string[]; behave: MessageProvider<string>['send'] } = {
    name,
    sent,
    behave: send,
    send(message) {
      sent.push(message);
      return provider.behave(message);
    },
    async close() {
      sent.push('closed');
    },
  };
  return provider;
}

function chainOf(...providers: MessageProvider<string>[]) {
  let now = 0;
  const observed: [string, AttemptOutcome][] = [];
  const chain = createProviderChain<string>({
    providers,
    clock: { now: () => new Date(now) },
    inFlightMax: 2,
    turnMs: 20,
    breaker: { failures: 3, openMs: 1000 },
    observe: ({ provider, outcome }) => observed.push([provider, outcome]),
  });
  return { chain, observed, advance: (ms: number) => (now += ms) };
}

describe('a message', () => {
  test('goes to the first carrier alone once that has accepted it', async () => {
    const [one, two] = [carrier('one', accepts), carrier('two', accepts)];
    const { chain, observed } = chainOf(one, two);
    expect(await chain.send('a')).toEqual({ provider: 'one', providerMessageId: 'm' });
    expect([two.sent, observed]).toEqual([[], [['one', 'accepted']]]);
  });

  test('passes by a carrier that does not carry its kind', async () => {
    const [one, two] = [carrier('one', accepts), carrier('two', accepts)];
    one.carries = (message) => message !== 'payment';
    const { chain } = chainOf(one, two);
    expect(await chain.send('payment')).toMatchObject({ provider: 'two' });
    expect(await chain.send('code')).toMatchObject({ provider: 'one' });
    expect([one.sent, two.sent]).toEqual([['code'], ['payment']]);
  });

  test.each(['ENETWORK', 'EREFUSED'])(
    'goes to the second when the first fails with %s, which may pass',
    async (code) => {
      const two = carrier('two', accepts);
      const { chain } = chainOf(carrier('one', code === 'ENETWORK' ? away : refused('transient')), two);
      expect(await chain.send('a')).toMatchObject({ provider: 'two' });
    },
  );

  test('goes nowhere else when it will never be accepted', async () => {
    const two = carrier('two', accepts);
    const { chain } = chainOf(carrier('one', refused('permanent')), two);
    await expect(chain.send('a')).rejects.toMatchObject({ kind: 'permanent' });
    expect(two.sent).toEqual([]);
  });

  test('fails with the last failure when nobody takes it, and with one of its own when there is nobody', async () => {
    const { chain } = chainOf(carrier('one', away), carrier('two', refused('transient')));
    await expect(chain.send('a')).rejects.toMatchObject({ code: 'EREFUSED' });
    await expect(chainOf().chain.send('a')).rejects.toMatchObject({ kind: 'transient', code: 'ENOCARRIER' });
  });

  test('fails as transient when a carrier throws what nobody foresaw', async () => {
    const { chain } = chainOf(carrier('one', () => Promise.reject(new TypeError('ada@mail.example'))));
    await expect(chain.send('a')).rejects.toMatchObject({ name: 'DeliveryError', kind: 'transient', code: 'ERROR' });
  });
});

describe('a carrier that is away', () => {
  test('is not asked any more after so many failures, until one trial has succeeded', async () => {
    const [one, two] = [carrier('one', away), carrier('two', accepts)];
    const { chain, advance } = chainOf(one, two);
    for (let sent = 0; sent < 5; sent += 1) await chain.send('a');
    expect(one.sent).toHaveLength(3);
    expect(chain.status()[0]).toEqual({ provider: 'one', breaker: 'open', inFlight: 0 });
    advance(1000);
    expect(chain.status()[0]?.breaker).toBe('half_open');
    await Promise.all([chain.send('b'), chain.send('b')]);
    expect(one.sent).toHaveLength(4);
    advance(1000);
    one.behave = accepts;
    expect(await chain.send('c')).toMatchObject({ provider: 'one' });
    expect(chain.status()[0]?.breaker).toBe('closed');
  });

  test('is told from one that refuses a single recipient: no address can shut a carrier for others', async () => {
    const one = carrier('one', refused('transient'));
    const { chain } = chainOf(one, carrier('two', accepts));
    for (let sent = 0; sent < 20; sent += 1) await chain.send('a');
    expect([one.sent.length, chain.status()[0]?.breaker]).toEqual([20, 'closed']);
  });
});

test('a carrier that hangs holds so many messages and no more: the others pass it by', async () => {
  const release: (() => void)[] = [];
  const one = carrier(
    'one',
    () => new Promise((resolve) => release.push(() => resolve({ providerMessageId: 'late' }))),
  );
  const { chain } = chainOf(one, carrier('two', accepts));
  const stuck = [chain.send('a'), chain.send('b')];
  expect(await chain.send('c')).toMatchObject({ provider: 'two' });
  expect(chain.status()[0]?.inFlight).toBe(2);
  const inLine = chain.send('d');
  for (const answer of release.splice(0)) answer();
  expect(await Promise.all(stuck)).toEqual(Array(2).fill({ provider: 'one', providerMessageId: 'late' }));
  await new Promise((resolve) => setImmediate(resolve));
  for (const answer of release) answer();
  expect(await inLine).toMatchObject({ provider: 'one' });
  expect(chain.status()[0]?.inFlight).toBe(0);
});

test('closing closes every carrier', async () => {
  const [one, two] = [carrier('one', accepts), carrier('two', accepts)];
  await chainOf(one, two).chain.close();
  expect([one.sent, two.sent]).toEqual([['closed'], ['closed']]);
});

import { describe, expect, test } from 'vitest';
import { createChain, type Judgement, NotAsked, type Provider } from '#chain.ts';

interface Oracle extends Provider {
  answer(question: string): Promise<string>;
}

const judgements: Readonly<Record<string, Judgement>> = {
  away: { shown: 'away', asksNext: true },
  refused: { shown: 'answers', asksNext: false },
  unclear: { shown: 'nothing', asksNext: true },
};

function oracle(
  name: string,
  answer: Oracle['answer'],
): Oracle & { asked: number; closed: boolean; behave: Oracle['answer'] } {
  const made = {
    name,
    asked: 0,
    closed: false,
    behave: answer,
    answer(question: string) {
      made.asked += 1;
      return made.behave(question);
    },
    async close() {
      made.closed = true;
    },
  };
  return made;
}

const fails = (how: string) => () => Promise.reject(how);
const answers = async (question: string) => `re: ${question}`;

function chainOf(...providers: Oracle[]) {
  let now = 0;
  const attempts: unknown[][] = [];
  const chain = createChain<Oracle>({
    providers,
    clock: { now: () => new Date(now) },
    judge: (failure) => judgements[String(failure)] ?? { shown: 'nothing', asksNext: false },
    inFlightMax: 2,
    turnMs: 20,
    breaker: { failures: 3, openMs: 1000 },
    observe: ({ provider, failure }) => attempts.push([provider, failure]),
  });
  const ask = (question = 'a') => chain.ask((one) => one.answer(question));
  return { chain, ask, attempts, advance: (ms: number) => (now += ms) };
}

describe('a question', () => {
  test('goes to the first provider alone once that has answered', async () => {
    const [one, two] = [oracle('one', answers), oracle('two', answers)];
    const { ask, attempts } = chainOf(one, two);
    expect(await ask()).toEqual({ provider: 'one', answer: 're: a' });
    expect([two.asked, attempts]).toEqual([0, [['one', undefined]]]);
  });

  test.each(['away', 'unclear'])('goes to the second when the first is %s', async (how) => {
    const { ask, attempts } = chainOf(oracle('one', fails(how)), oracle('two', answers));
    expect(await ask()).toEqual({ provider: 'two', answer: 're: a' });
    expect(attempts).toEqual([
      ['one', how],
      ['two', undefined],
    ]);
  });

  test('goes nowhere else once it was refused', async () => {
    const two = oracle('two', answers);
    await expect(chainOf(oracle('one', fails('refused')), two).ask()).rejects.toBe('refused');
    expect(two.asked).toBe(0);
  });

  test('passes by who is not able, and fails where nobody is', async () => {
    const { chain } = chainOf(oracle('one', answers), oracle('two', answers));
    const able = (name: string) =>
      chain.ask(
        (one) => one.answer('a'),
        (one) => one.name === name,
      );
    expect(await able('two')).toMatchObject({ provider: 'two' });
    await expect(able('three')).rejects.toEqual(new NotAsked('nobody'));
  });
});

test('a provider that is away is left alone, until one trial has succeeded', async () => {
  const one = oracle('one', fails('away'));
  const { ask, chain, advance } = chainOf(one);
  for (let asked = 0; asked < 3; asked += 1) await expect(ask()).rejects.toBe('away');
  await expect(ask()).rejects.toEqual(new NotAsked('open'));
  expect(chain.status()).toEqual([{ provider: 'one', breaker: 'open', inFlight: 0 }]);
  advance(1000);
  expect(chain.status()[0]?.breaker).toBe('half_open');
  one.behave = answers;
  expect(await ask()).toMatchObject({ provider: 'one' });
  expect([one.asked, chain.status()[0]?.breaker]).toEqual([4, 'closed']);
});

test('a refusal opens nothing: no question can shut a provider for others', async () => {
  const one = oracle('one', fails('refused'));
  const { ask, chain } = chainOf(one);
  for (let asked = 0; asked < 10; asked += 1) await expect(ask()).rejects.toBe('refused');
  expect([one.asked, chain.status()[0]?.breaker]).toEqual([10, 'closed']);
});

test('a provider that hangs holds so many calls and no more', async () => {
  const held = Promise.withResolvers<string>();
  const { ask, chain } = chainOf(oracle('one', () => held.promise));
  const stuck = [ask(), ask()];
  await expect(ask()).rejects.toEqual(new NotAsked('busy'));
  held.resolve('late');
  expect(await Promise.all(stuck)).toEqual(Array(2).fill({ provider: 'one', answer: 'late' }));
  expect(chain.status()[0]?.inFlight).toBe(0);
});

test('closing closes every provider', async () => {
  const [one, two] = [oracle('one', answers), oracle('two', answers)];
  await chainOf(one, two).chain.close();
  expect([one.closed, two.closed]).toEqual([true, true]);
});

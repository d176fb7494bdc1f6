import { approvalSeconds } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import {
  defaultRotation,
  keysMaxAgeSeconds,
  planRotation,
  planRotationNow,
  planSuccession,
  publicKeysMax,
  rotationLead,
  signingKeyAt,
  viewKeys,
} from './policies.ts';

const dayMs = 86_400_000;
const start = new Date('2026-03-01T00:00:00Z');
const after = (days: number) => new Date(start.getTime() + days * dayMs);
const key = (kid: string, days: number) => ({ kid, signsFrom: after(days) });

describe('planRotation', () => {
  it('makes a key that signs at once for an empty ring', () => {
    expect(planRotation([], start, defaultRotation)).toEqual({ retire: [], create: start });
  });

  it('leaves a young key alone', () => {
    expect(planRotation([key('a', 0)], after(28), defaultRotation)).toEqual({ retire: [] });
  });

  it('publishes the next key a day before it signs', () => {
    expect(planRotation([key('a', 0)], after(29), defaultRotation).create).toEqual(after(30));
  });

  it('makes no second successor while one waits', () => {
    expect(planRotation([key('a', 0), key('b', 30)], after(29.5), defaultRotation)).toEqual({ retire: [] });
  });

  it('publishes a day ahead even when the rotation is late', () => {
    expect(planRotation([key('a', 0)], after(45), defaultRotation).create).toEqual(after(46));
  });

  it('SR-71 keeps the old key until the last approval it signed is dead', () => {
    const ring = [key('a', 0), key('b', 30)];
    expect(planRotation(ring, after(30), defaultRotation).retire).toEqual([]);
    expect(planRotation(ring, after(31), defaultRotation).retire).toEqual([]);
    expect(planRotation(ring, after(31 + 1 / 24), defaultRotation).retire).toEqual(['a']);
  });

  it('never retires the youngest key', () => {
    expect(planRotation([key('a', 0)], after(4000), defaultRotation).retire).toEqual([]);
  });
});

describe('SR-58 times that hang together', () => {
  it('a key is public for longer than anybody keeps the keys of before it signs', () => {
    expect(rotationLead.usual).toBeGreaterThanOrEqual(2 * keysMaxAgeSeconds);
    expect(defaultRotation.publishAheadMs).toBeGreaterThanOrEqual(2 * keysMaxAgeSeconds * 1000);
  });

  it('and for longer than anything lives that it signed', () => {
    expect(defaultRotation.verifyAfterMs).toBeGreaterThan((approvalSeconds + keysMaxAgeSeconds) * 1000);
  });
});

describe('planRotationNow', () => {
  const minutes = (count: number) => new Date(start.getTime() + count * 60_000);

  it('makes a key that signs after the lead', () => {
    expect(planRotationNow([key('a', -3)], start, 600)).toEqual({ kind: 'made', signsFrom: minutes(10) });
  });

  it('brings the one that waits forward, and never delays it', () => {
    const ring = [key('a', -29), key('b', 1)];
    const plan = planRotationNow(ring, start, 600);
    expect(plan).toEqual({ kind: 'brought_forward', next: ring[1], signsFrom: minutes(10) });
    const soon = [key('a', -29), { kid: 'b', signsFrom: minutes(10) }];
    expect(planRotationNow(soon, minutes(1), 600)).toEqual({ kind: 'unchanged', next: soon[1] });
  });
});

it('makes no key more than verifiers take', () => {
  const ring = Array.from({ length: publicKeysMax }, (_, place) => key(`k${place}`, place - publicKeysMax));
  expect(planRotationNow(ring, start, 600)).toEqual({ kind: 'too_many' });
});

describe('planSuccession', () => {
  const [a, b, c] = [key('a', 0), key('b', 30), key('c', 60)];

  it('changes nothing when another key signs', () => {
    expect(planSuccession([a, b, c], a, after(31))).toEqual({ kind: 'unchanged' });
    expect(planSuccession([a, b, c], c, after(31))).toEqual({ kind: 'unchanged' });
  });

  it('lets the key that waits take over at once: everybody has it already', () => {
    const plan = planSuccession([a, b, c], b, after(31));
    expect(plan).toMatchObject({ kind: 'taken_over', next: c });
    expect(signingKeyAt([a, { ...c, signsFrom: Reflect.get(plan, 'signsFrom') }], after(31))?.kid).toBe('c');
  });

  it('makes one where none waits', () => {
    expect(planSuccession([a, b], b, after(31)).kind).toBe('made');
  });
});

describe('viewKeys', () => {
  it('says what each is there for', () => {
    const [a, b, c] = [key('a', 0), key('b', 30), key('c', 60)];
    expect(viewKeys([c, a, b], after(30.5), defaultRotation)).toEqual([
      { key: a, state: 'retiring', publicUntil: new Date(after(30).getTime() + defaultRotation.verifyAfterMs) },
      { key: b, state: 'signing' },
      { key: c, state: 'next' },
    ]);
  });
});

describe('signingKeyAt', () => {
  it('keeps signing with the old key until the new one takes over', () => {
    const ring = [key('b', 30), key('a', 0)];
    expect(signingKeyAt(ring, after(29.9))?.kid).toBe('a');
    expect(signingKeyAt(ring, after(30))?.kid).toBe('b');
  });

  it('has none before the first key', () => {
    expect(signingKeyAt([key('a', 1)], start)).toBeUndefined();
  });
});

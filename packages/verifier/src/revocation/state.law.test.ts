import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedPlace, RefillPage, RevocationEntry, RevocationMessage } from '#revocation/message.ts';
import { RevocationState } from '#revocation/state.ts';

const silenceMs = 5000;
const expiresAt = 10 ** 12;
const pageMax = 3;

/** The publisher and a network that loses, repeats and reorders, beside the state under test. */
class World {
  readonly state = new RevocationState(silenceMs);
  readonly wire: RevocationMessage[] = [];
  readonly truth: RevocationEntry[] = [];
  now = 0;
  epoch = 1;
  pushed = 0;
  /** The highest number that anything which reached the state has told it. */
  told = 0;
  toldAt = Number.NEGATIVE_INFINITY;
  asked: { since: FeedPlace; proof: number; snapshot: RefillPage } | undefined;

  push(epoch = this.epoch): void {
    this.wire.push({ epoch, number: this.truth.length, entries: this.truth.slice(this.pushed) });
    this.pushed = this.truth.length;
  }

  commit(): void {
    const number = this.truth.length + 1;
    this.truth.push({ number, sid: `s${number}`, notBefore: 1000, expiresAt });
  }

  deliver(index: number, keep: boolean): void {
    const message = this.wire[index % this.wire.length];
    if (message === undefined) return;
    if (!keep) this.wire.splice(this.wire.indexOf(message), 1);
    const before = this.state.isCurrent(this.now);
    const verdict = this.state.heard(message, this.now);
    if (verdict === 'gap') this.state.lost();
    if (verdict === 'applied' || (before && verdict === 'gap')) this.told = Math.max(this.told, message.number);
    if (verdict === 'applied') this.toldAt = this.now;
    if (this.asked !== undefined && message.epoch >= this.asked.snapshot.epoch) {
      this.told = Math.max(this.told, message.number);
      this.asked.proof = this.now;
    }
  }

  ask(since = this.state.refillStarts(this.now)): void {
    this.asked = { since, proof: this.now, snapshot: this.read(since) };
  }

  /** The answer is what the publisher knew when it was asked, or when it answered. */
  answer(late: boolean): void {
    if (this.asked === undefined) return;
    const { since, proof, snapshot } = this.asked;
    this.asked = undefined;
    const answer = late ? this.read(since) : snapshot;
    const verdict = this.state.refilled(answer, this.now);
    if (verdict === 'more') this.ask(this.state.refillGoesOn(this.now));
    if (verdict === 'current') {
      this.told = Math.max(this.told, answer.number);
      this.toldAt = Math.max(this.toldAt, proof);
    }
  }

  refill(): void {
    this.ask();
    while (this.asked !== undefined) this.answer(true);
  }

  read(since: FeedPlace): RefillPage {
    const entries = this.truth.slice(since.epoch === this.epoch ? since.number : 0);
    const page = { epoch: this.epoch, number: this.truth.length, entries };
    const last = entries[pageMax - 1];
    if (last === undefined || entries.length === pageMax) return page;
    return { ...page, number: last.number, entries: entries.slice(0, pageMax), hasMore: true };
  }

  missing(upTo: number): RevocationEntry[] {
    return this.truth.slice(0, upTo).filter(({ sid = '' }) => !this.state.isRevoked({ sid, sub: 'u', iat: 0 }));
  }
}

type Step = (world: World) => void;

const index = fc.nat({ max: 50 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>((world) => world.commit()) },
  { weight: 4, arbitrary: fc.constant<Step>((world) => world.push()) },
  {
    weight: 8,
    arbitrary: fc.tuple(index, fc.boolean()).map(
      ([at, keep]): Step =>
        (world) =>
          world.deliver(at, keep),
    ),
  },
  {
    weight: 2,
    arbitrary: index.map(
      (at): Step =>
        (world) =>
          void world.wire.splice(at % (world.wire.length + 1), 1),
    ),
  },
  { weight: 3, arbitrary: fc.constant<Step>((world) => world.ask()) },
  {
    weight: 3,
    arbitrary: fc.boolean().map(
      (late): Step =>
        (world) =>
          world.answer(late),
    ),
  },
  fc.constant<Step>((world) => {
    world.asked = undefined;
    world.state.refillFailed();
  }),
  fc.constant<Step>((world) => {
    world.wire.length = 0;
    world.state.lost();
  }),
  fc.constant<Step>((world) => {
    world.epoch += 1;
  }),
  fc.constant<Step>((world) => world.wire.push({ epoch: world.epoch - 1, number: world.truth.length, entries: [] })),
  fc.nat({ max: 3000 }).map(
    (ms): Step =>
      (world) => {
        world.now += ms;
      },
  ),
);

test('whatever is lost, repeated or reordered: it knows all it was told of, or says that it is not current', () => {
  let sawCurrent = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const world = new World();
      for (const act of [(w: World) => w.ask(), (w: World) => w.answer(true), ...steps]) {
        act(world);
        if (!world.state.isCurrent(world.now)) continue;
        sawCurrent += 1;
        expect(world.state.number).toBeGreaterThanOrEqual(world.told);
        expect(world.missing(world.state.number)).toEqual([]);
        expect(world.now - world.toldAt).toBeLessThan(silenceMs);
      }
    }),
    { numRuns: 3000 },
  );
  // The law must not hold by never being current.
  expect(sawCurrent).toBeGreaterThan(5000);
});

test('from wherever it is, refills end at the truth of the publisher', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const world = new World();
      for (const act of steps) act(world);
      world.wire.length = 0;
      for (let round = 0; round < 3 && !world.state.isCurrent(world.now); round += 1) {
        world.refill();
      }
      world.push();
      world.deliver(0, false);
      for (let round = 0; round < 2 && !world.state.isCurrent(world.now); round += 1) {
        world.refill();
      }
      expect(world.state.isCurrent(world.now)).toBe(true);
      expect(world.state.number).toBe(world.truth.length);
      expect(world.missing(world.truth.length)).toEqual([]);
      expect(world.state.size).toBe(world.truth.length);
    }),
    { numRuns: 1000 },
  );
});

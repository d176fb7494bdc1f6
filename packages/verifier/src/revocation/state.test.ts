import { beforeEach, describe, expect, test } from 'vitest';
import type { RefillPage, RevocationMessage } from '#revocation/message.ts';
import { RevocationState } from '#revocation/state.ts';

const silenceMs = 5000;
const expiresAt = 10 ** 12;

function message(epoch: number, number: number, entryNumbers: readonly number[] = []): RevocationMessage {
  const entries = entryNumbers.map((n) => ({ number: n, sid: `s${n}`, notBefore: 1000, expiresAt }));
  return { epoch, number, entries };
}

function page(epoch: number, number: number, entryNumbers: readonly number[] = []): RefillPage {
  return { ...message(epoch, number, entryNumbers), hasMore: true };
}

const beginning = { epoch: 0, number: 0 };

function knows(state: RevocationState, number: number): boolean {
  return state.isRevoked({ sid: `s${number}`, sub: 'u', iat: 0.5 });
}

let state: RevocationState;

beforeEach(() => {
  state = new RevocationState(silenceMs);
  expect(state.refillStarts(0)).toEqual(beginning);
  expect(state.refilled(message(7, 2, [1, 2]), 10)).toBe('current');
});

test('nothing is current before the first refill', () => {
  const fresh = new RevocationState(silenceMs);
  expect(fresh.isCurrent(0)).toBe(false);
  expect(fresh.heard(message(7, 0), 0)).toBe('ignored');
  expect(fresh.isCurrent(0)).toBe(false);
});

describe('while current', () => {
  test('pushes and heartbeats without a gap keep it current', () => {
    expect(state.heard(message(7, 2), 1000)).toBe('applied');
    expect(state.heard(message(7, 4, [3, 4]), 2000)).toBe('applied');
    expect([state.number, knows(state, 4), state.isCurrent(2000 + silenceMs - 1)]).toEqual([4, true, true]);
  });

  test('the same push twice, and one whose entries are partly known, are taken', () => {
    expect(state.heard(message(7, 3, [3]), 1000)).toBe('applied');
    expect(state.heard(message(7, 3, [3]), 1001)).toBe('applied');
    expect(state.heard(message(7, 4, [2, 3, 4, 4]), 1002)).toBe('applied');
    expect(state.number).toBe(4);
  });

  test.each([
    ['a heartbeat that counts further', message(7, 3)],
    ['a push that leaves one out', message(7, 4, [4])],
    ['an epoch that is not known', message(8, 2)],
    ['something unreadable', { epoch: 7, number: 3, entries: [{}] } as unknown as RevocationMessage],
  ])('%s is a gap', (_what, heard) => {
    expect(state.heard(heard, 1000)).toBe('gap');
    expect(state.number).toBe(2);
  });

  test('entries count even when the message shows a gap', () => {
    state.heard(message(7, 4, [4]), 1000);
    expect(knows(state, 4)).toBe(true);
  });

  test('an older epoch is ignored, entries and all', () => {
    expect(state.heard(message(6, 9, [9]), 1000)).toBe('ignored');
    expect([knows(state, 9), state.number]).toEqual([false, 2]);
  });

  test('a straggler proves no life', () => {
    expect(state.heard(message(7, 1), 4000)).toBe('ignored');
    expect(state.isCurrent(silenceMs)).toBe(false);
  });

  test('silence counts from the moment the refill was asked, not from its answer', () => {
    expect(state.isCurrent(silenceMs - 1)).toBe(true);
    expect(state.isCurrent(silenceMs)).toBe(false);
  });

  describe('SR-46 a clock that ran ahead and is set back', () => {
    const aheadMs = 300_000;
    const soon = (): RevocationMessage => {
      const entries = [{ number: 3, sid: 's3', notBefore: 1000, expiresAt: 200_000 }];
      return { epoch: 7, number: 3, entries };
    };

    beforeEach(() => {
      expect(state.heard(soon(), 1000)).toBe('applied');
      state.prune(1000 + aheadMs);
      expect(knows(state, 3)).toBe(false);
    });

    test('asks for everything again, since what still matters was forgotten meanwhile', () => {
      expect(state.heard(message(7, 3), 2000)).toBe('gap');
      expect(state.isCurrent(2000)).toBe(false);
      expect(state.refillStarts(2000)).toEqual(beginning);
      expect(state.refilled({ ...message(7, 3, [1, 2]), entries: soon().entries }, 2001)).toBe('current');
      expect(knows(state, 3)).toBe(true);
    });

    test('and takes no answer that was asked for before', () => {
      expect(state.refillStarts(1000 + aheadMs)).toEqual({ epoch: 7, number: 3 });
      expect(state.heard(message(7, 3), 2000)).toBe('gap');
      expect(state.refilled(message(7, 3), 2001)).toBe('refused');
      expect(state.refillStarts(2002)).toEqual(beginning);
    });
  });

  test('a clock that is set back far counts as silence', () => {
    state.heard(message(7, 2), 60_000);
    expect(state.isCurrent(60_000 - 1000)).toBe(true);
    expect(state.isCurrent(60_000 - silenceMs)).toBe(false);
  });
});

describe('after a loss', () => {
  beforeEach(() => state.lost());

  test('it is not current, whatever is heard, until a refill', () => {
    expect(state.heard(message(7, 3, [3]), 1000)).toBe('ignored');
    expect(state.isCurrent(1000)).toBe(false);
    expect(state.refillStarts(1000)).toEqual({ epoch: 7, number: 2 });
    expect(state.refilled(message(7, 3, [3]), 1010)).toBe('current');
    expect(state.isCurrent(1010)).toBe(true);
  });

  test('what it knew still counts', () => {
    expect(knows(state, 1)).toBe(true);
  });

  test('a refill that fails leaves it so', () => {
    state.refillStarts(1000);
    state.refillFailed();
    expect(state.isCurrent(1000)).toBe(false);
  });
});

describe('a refill', () => {
  test('takes in what was pushed meanwhile, in any order', () => {
    state.refillStarts(1000);
    for (const heard of [message(7, 5, [5]), message(7, 4, [4]), message(7, 5)]) state.heard(heard, 1005);
    expect(state.refilled(message(7, 3, [3]), 1010)).toBe('current');
    expect(state.number).toBe(5);
  });

  test('is asked again when what was pushed meanwhile shows a gap', () => {
    state.refillStarts(1000);
    state.heard(message(7, 5, [5]), 1005);
    expect(state.refilled(message(7, 3, [3]), 1010)).toBe('again');
    expect(state.isCurrent(1010)).toBe(false);
    expect(state.refillStarts(1011)).toEqual({ epoch: 7, number: 3 });
    expect(state.refilled(message(7, 5, [4, 5]), 1020)).toBe('current');
  });

  test('is asked again when the connection was lost meanwhile', () => {
    state.refillStarts(1000);
    state.lost();
    expect(state.refilled(message(7, 2), 1010)).toBe('again');
  });

  test('is asked again when more was pushed meanwhile than is kept', () => {
    state.refillStarts(1000);
    for (let count = 0; count <= 1000; count += 1) state.heard(message(7, 2), 1005);
    expect(state.refilled(message(7, 2), 1010)).toBe('again');
  });

  test('starts from nothing when the epoch is another, since numbers may have started anew', () => {
    expect(state.heard(message(8, 1, [1]), 1000)).toBe('gap');
    expect(state.refillStarts(1001)).toEqual(beginning);
    expect(state.refilled(message(8, 1, [1]), 1010)).toBe('current');
    expect(state.number).toBe(1);
  });

  test('that finds another epoch is asked again from nothing', () => {
    expect(state.refillStarts(1000)).toEqual({ epoch: 7, number: 2 });
    expect(state.refilled(message(8, 9, [9]), 1010)).toBe('again');
    expect(state.refillStarts(1011)).toEqual(beginning);
  });

  test.each([
    ['of an older epoch', message(6, 9)],
    ['that is behind what is known', message(7, 1)],
  ])('with an answer %s proves nothing', (_what, answer) => {
    state.refillStarts(1000);
    expect(state.refilled(answer, 1010)).toBe('refused');
    expect(state.isCurrent(1010)).toBe(false);
  });

  test.each([
    ['nothing', {}],
    [
      'an entry of no time',
      { epoch: 7, number: 3, entries: [{ number: 3, sid: 's3', notBefore: 1000, expiresAt: 0 }] },
    ],
    ['more of what cannot be told', { ...message(7, 3, [3]), hasMore: 'yes' }],
    ['more, and leads nowhere', page(7, 2)],
  ])('that answers %s cannot be read, and proves nothing', (_what, answer) => {
    state.refillStarts(1000);
    expect(state.refilled(answer as RefillPage, 1010)).toBe('malformed');
    expect(state.isCurrent(1010)).toBe(false);
  });

  test('behind what is known asks from the beginning the next time: numbers may be others by now', () => {
    state.refillStarts(1000);
    expect(state.refilled(message(7, 1, [1]), 1010)).toBe('refused');
    expect(state.refillStarts(1011)).toEqual(beginning);
    expect(state.refilled(message(7, 3, [1, 2, 3]), 1020)).toBe('current');
  });

  test('that nobody waits for any more is refused', () => {
    state.refillStarts(1000);
    state.refillFailed();
    expect(state.refilled(message(7, 2), 1010)).toBe('refused');
  });

  test('recovers from one message of an epoch that never was', () => {
    expect(state.heard(message(10 ** 9, 2), 1000)).toBe('gap');
    state.lost();
    state.refillStarts(1001);
    expect(state.refilled(message(7, 2, [1, 2]), 1010)).toBe('current');
    expect(state.heard(message(7, 3, [3]), 1020)).toBe('applied');
  });
});

describe('a refill of several pages', () => {
  test('is current with the last one, and not before', () => {
    state.refillStarts(1000);
    expect(state.refilled(page(7, 3, [3]), 1010)).toBe('more');
    expect([state.isCurrent(1010), knows(state, 3)]).toEqual([false, true]);
    expect(state.refillGoesOn(1010)).toEqual({ epoch: 7, number: 3 });
    expect(state.refilled(page(7, 5, [4, 5]), 1020)).toBe('more');
    state.refillGoesOn(1020);
    expect(state.refilled(message(7, 6, [6]), 1030)).toBe('current');
    expect(state.number).toBe(6);
  });

  test('a page that cannot be read leaves it not current, and the next one begins after what was read', () => {
    state.refillStarts(1000);
    state.refilled(page(7, 3, [3]), 1010);
    state.refillGoesOn(1010);
    expect(state.refilled({ ...message(7, 4), entries: [{}] } as unknown as RefillPage, 1020)).toBe('malformed');
    expect(state.isCurrent(1020)).toBe(false);
    expect(state.refillStarts(1030)).toEqual({ epoch: 7, number: 3 });
  });

  test('whose epoch changes on the way is asked again from the beginning', () => {
    state.refillStarts(1000);
    state.refilled(page(7, 3, [3]), 1010);
    state.refillGoesOn(1010);
    expect(state.refilled(message(8, 9, [9]), 1020)).toBe('again');
    expect(state.refillStarts(1030)).toEqual(beginning);
    expect(state.refilled(page(8, 5, [1, 5]), 1040)).toBe('more');
    expect(state.refillGoesOn(1040)).toEqual({ epoch: 8, number: 5 });
    expect(state.refilled(message(8, 9, [9]), 1050)).toBe('current');
  });

  test('from the beginning begins below what is known, and ends at it', () => {
    expect(state.heard(message(9, 3, [3]), 1000)).toBe('gap');
    expect(state.refillStarts(1001)).toEqual(beginning);
    expect(state.refilled(page(7, 1, [1]), 1010)).toBe('more');
    expect(state.refillGoesOn(1010)).toEqual({ epoch: 7, number: 1 });
    expect(state.refilled(message(7, 1), 1020)).toBe('refused');
    state.refillStarts(1030);
    state.refilled(page(7, 1, [1]), 1040);
    state.refillGoesOn(1040);
    expect(state.refilled(message(7, 2, [2]), 1050)).toBe('current');
  });

  test('that takes longer than silence is current from when its last page was asked', () => {
    state.refillStarts(1000);
    state.heard(message(7, 3, [3]), 1001);
    state.refilled(page(7, 3, [3]), 1010);
    state.refillGoesOn(1000 + 2 * silenceMs);
    expect(state.refilled(message(7, 3), 1010 + 2 * silenceMs)).toBe('current');
    expect(state.isCurrent(1010 + 2 * silenceMs)).toBe(true);
    expect(state.isCurrent(1000 + 3 * silenceMs)).toBe(false);
  });
});

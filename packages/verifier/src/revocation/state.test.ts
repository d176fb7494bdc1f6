import { beforeEach, describe, expect, test } from 'vitest';
import type { RevocationMessage } from '#revocation/message.ts';
import { RevocationState } from '#revocation/state.ts';

const silenceMs = 5000;
const expiresAt = 10 ** 12;

function message(epoch: number, number: number, entryNumbers: readonly number[] = []): RevocationMessage {
  const entries = entryNumbers.map((n) => ({ number: n, sid: `s${n}`, notBefore: 1000, expiresAt }));
  return { epoch, number, entries };
}

function knows(state: RevocationState, number: number): boolean {
  return state.isRevoked({ sid: `s${number}`, sub: 'u', iat: 0.5 });
}

let state: RevocationState;

beforeEach(() => {
  state = new RevocationState(silenceMs);
  expect(state.refillStarts(0)).toBe(0);
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
    expect(state.refillStarts(1000)).toBe(2);
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
    expect(state.refillStarts(1011)).toBe(3);
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
    expect(state.refillStarts(1001)).toBe(0);
    expect(state.refilled(message(8, 1, [1]), 1010)).toBe('current');
    expect(state.number).toBe(1);
  });

  test('that finds another epoch is asked again from nothing', () => {
    expect(state.refillStarts(1000)).toBe(2);
    expect(state.refilled(message(8, 9, [9]), 1010)).toBe('again');
    expect(state.refillStarts(1011)).toBe(0);
  });

  test.each([
    ['of an older epoch', message(6, 9)],
    ['that is behind what is known', message(7, 1)],
    ['that cannot be read', {} as unknown as RevocationMessage],
  ])('with an answer %s proves nothing', (_what, answer) => {
    state.refillStarts(1000);
    expect(state.refilled(answer, 1010)).toBe('refused');
    expect(state.isCurrent(1010)).toBe(false);
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

import { describe, expect, test } from 'vitest';
import { isRecentCall, signedCallDigest } from '#tokens/signed-call.ts';

const now = new Date('2026-03-01T00:00:00Z');
const at = (seconds: number) => String(now.getTime() / 1000 + seconds);

describe('SR-90: a signed call', () => {
  test.each([
    [at(0), true],
    [at(-300), true],
    [at(300), true],
    [at(-301), false],
    [at(301), false],
    ['', false],
    ['now', false],
    [`${at(0)}.5`, false],
    ['1e9', false],
  ])('of %s is recent: %s', (timestamp, expected) => {
    expect(isRecentCall({ timestamp }, now)).toBe(expected);
  });

  test('is known again by its time and its body, each to the last byte', () => {
    const call = { timestamp: '17', body: Buffer.from('{}') };
    const others = [
      { ...call, timestamp: '18' },
      { ...call, body: Buffer.from('{} ') },
      { timestamp: '1', body: Buffer.from('7{}') },
    ];
    const digests = [call, { ...call, body: Uint8Array.from(call.body) }, ...others].map(signedCallDigest);
    expect(new Set(digests.map((digest) => digest.toString('hex'))).size).toBe(1 + others.length);
    expect(digests[0]).toEqual(digests[1]);
  });
});

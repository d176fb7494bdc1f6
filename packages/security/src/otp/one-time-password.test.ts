import { describe, expect, test } from 'vitest';
import { findDistantStep, generateCode, hotp, stepsAhead, verifyTotp } from '#otp/one-time-password.ts';

const secret = Buffer.from('12345678901234567890', 'ascii');

describe('hotp', () => {
  test.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, counter) => [counter, code] as const,
    ),
  )('RFC 4226 appendix D, counter %i', async (counter, code) => {
    expect(await hotp(secret, counter)).toBe(code);
  });

  test.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('RFC 6238 appendix B, %i seconds', async (seconds, code) => {
    expect(await hotp(secret, Math.floor(seconds / 30), 8)).toBe(code);
  });

  test.each([5, 9, 6.5])('refuses %s digits', async (digits) => {
    await expect(hotp(secret, 0, digits)).rejects.toThrow(RangeError);
  });
});

describe('verifyTotp', () => {
  const at = new Date(1_111_111_111_000);
  const step = 37_037_037;

  async function attempt(offset: number, lastStep?: number): Promise<number | undefined> {
    return await verifyTotp({ secret, code: await hotp(secret, step + offset), at, lastStep });
  }

  test.each([-1, 0, 1])('SR-22: takes the code of step %i and says which it was', async (offset) => {
    expect(await attempt(offset)).toBe(step + offset);
  });

  test.each([-3, -2, 2, 3])('SR-22: refuses the code of step %i', async (offset) => {
    expect(await attempt(offset)).toBeUndefined();
  });

  test('SR-21: takes no step twice, and none before the last', async () => {
    expect(await attempt(0, step)).toBeUndefined();
    expect(await attempt(-1, step)).toBeUndefined();
    expect(await attempt(1, step)).toBe(step + 1);
    expect(await attempt(0, step - 1)).toBe(step);
  });

  test.each(['', '05047', '0504711', ' 050471', '050471 ', '０５０４７１', '-50471', '5.0471'])(
    'refuses the text %j',
    async (code) => {
      expect(await verifyTotp({ secret, code, at, lastStep: undefined })).toBeUndefined();
    },
  );

  test('works in the first step of the epoch', async () => {
    const code = await hotp(secret, 0);
    expect(await verifyTotp({ secret, code, at: new Date(0), lastStep: undefined })).toBe(0);
  });
});

describe('findDistantStep', () => {
  const at = new Date(1_111_111_111_000);
  const step = 37_037_037;

  test.each([-20, -2, 2, 20])('finds the code of step %i', async (offset) => {
    const found = await findDistantStep({ secret, code: await hotp(secret, step + offset), at });
    expect(found).toBe(step + offset);
    expect(stepsAhead(found ?? 0, at)).toBe(offset);
  });

  test.each([-21, -1, 0, 1, 21])('finds none of step %i', async (offset) => {
    expect(await findDistantStep({ secret, code: await hotp(secret, step + offset), at })).toBeUndefined();
  });

  test('finds nothing before the epoch, and no text', async () => {
    expect(await findDistantStep({ secret, code: '000000', at: new Date(0) })).toBeUndefined();
    expect(await findDistantStep({ secret, code: '', at })).toBeUndefined();
  });
});

describe('SR-23: generateCode', () => {
  test('every digit in every place is as likely as another, leading zeros included', () => {
    const codes = Array.from({ length: 5000 }, () => generateCode());
    for (let place = 0; place < 6; place += 1) {
      const counts = Array.from(
        { length: 10 },
        (_, digit) => codes.filter((code) => code[place] === `${digit}`).length,
      );
      const chiSquare = counts.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
      // Nine degrees of freedom: above 45 once in a million runs.
      expect(chiSquare).toBeLessThan(45);
    }
    expect(codes.every((code) => /^[0-9]{6}$/.test(code))).toBe(true);
  });

  test('has as many digits as asked for, from 6', () => {
    expect(generateCode(8)).toMatch(/^[0-9]{8}$/);
    expect(() => generateCode(5)).toThrow(RangeError);
  });
});

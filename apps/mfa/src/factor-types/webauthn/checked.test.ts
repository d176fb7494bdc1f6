import { describe, expect, it } from 'vitest';
import { checked } from '#factor-types/webauthn/checked.ts';

type Watched = Parameters<typeof checked>[0];

function watched() {
  const [warned, counted]: [string[], string[]] = [[], []];
  const metrics = { counter: () => ({ inc: ({ kind }: { kind: string }) => counted.push(kind) }) };
  const logger = { warn: ({ kind }: { kind: string }) => warned.push(kind) };
  return { ctx: { metrics, logger } as unknown as Watched, warned, counted };
}

const named = (name: string) => Object.assign(new Error('of another domain'), { name });

describe('checked', () => {
  it.each([
    [new TypeError("Cannot read properties of undefined (reading 'get')"), 'undigested', ['undigested']],
    [new RangeError('Offset is outside the bounds of the DataView'), 'undigested', ['undigested']],
    [named('UnexpectedRPIDHash'), 'relying_party', ['relying_party']],
    [new Error('Unexpected registration response origin "https://x", expected …'), 'relying_party', ['relying_party']],
    [new Error('Unexpected authentication response challenge "x", expected "y"'), 'refused', []],
    [new SyntaxError('Unexpected token'), 'refused', []],
  ])('is as wrong as a wrong signature for %s, and says which kind it is', async (error, kind, logged) => {
    const { ctx, warned, counted } = watched();
    await expect(checked(ctx, () => Promise.reject(error))).resolves.toBeUndefined();
    expect(counted).toEqual([kind]);
    expect(warned).toEqual(logged);
  });

  it('counts nothing for an answer that was checked, right or wrong', async () => {
    const { ctx, warned, counted } = watched();
    expect(await checked(ctx, async () => 'use')).toBe('use');
    expect(await checked(ctx, async () => undefined)).toBeUndefined();
    expect([warned, counted]).toEqual([[], []]);
  });
});

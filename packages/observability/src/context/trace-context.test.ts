import { describe, expect, test } from 'vitest';
import { newTraceparent, parseTraceparent } from '#context/trace-context.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe('W3C Trace Context §3.2', () => {
  test('a valid header is read', () => {
    expect(parseTraceparent(`00-${trace}-${span}-01`)).toEqual({ traceId: trace, parentId: span, sampled: true });
    expect(parseTraceparent(`00-${trace}-${span}-02`)?.sampled).toBe(false);
  });

  test('the known part of a later version is used', () => {
    expect(parseTraceparent(`cc-${trace}-${span}-01-what-comes`)?.traceId).toBe(trace);
    expect(parseTraceparent(`cc-${trace}-${span}-01.x`)).toBeUndefined();
  });

  test.each([
    undefined,
    '',
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `ff-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}-1`,
    ` 00-${trace}-${span}-01`,
    `00-${trace}-${span}-01\n`,
    `cc-${trace}-${span}-01-${'x'.repeat(300)}`,
  ])('%j is not one', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe('the next hop', () => {
  test('keeps trace and sampling, and has a span of its own', () => {
    expect(newTraceparent(`00-${trace}-${span}-00`)).toMatch(new RegExp(`^00-${trace}-(?!${span})[\\da-f]{16}-00$`));
  });

  test('starts a trace where there is none to go on with', () => {
    const [first, second] = [newTraceparent(), newTraceparent('nonsense')].map(parseTraceparent);
    expect(first?.sampled).toBe(true);
    expect(first?.traceId).not.toBe(second?.traceId);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findsOf } from '#canaries/finder.ts';
import { canary, canaryMark } from '#canaries/mark.ts';

const value = `${canary('email')}+"ä"@example.com`;
const formsFound = (text: string, values = { email: value }) =>
  findsOf(values, [{ name: 'a place', text: `a line before\n{"at":1,"it":"${text}"}\na line after` }]).map(
    ({ form }) => form,
  );

describe('the finder', () => {
  it.each([
    ['as it is', value],
    ['as it is', value.toUpperCase()],
    ['in hex', Buffer.from(value).toString('hex').toUpperCase()],
    ['as in a URL', encodeURIComponent(value)],
    ['as JSON', JSON.stringify(value)],
    ['as JSON in JSON', JSON.stringify(JSON.stringify({ value }))],
    ['in escapes', [...value].map((char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')],
    ['backwards', [...value].reverse().join('')],
  ])('finds a value %s', (form, text) => {
    expect(formsFound(text)).toContain(form);
  });

  it('finds a value in Base64 and base64url, whatever is encoded around it', () => {
    const around = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(
        around,
        around,
        fc.constantFrom('base64' as const, 'base64url' as const),
        (before, after, encoding) => {
          const text = Buffer.from(`${before}${value}${after}`).toString(encoding);
          expect(formsFound(text).length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('says where, what stands before, and what was planted, and not more of it than that', () => {
    const [find] = findsOf({ reason: canaryMark }, [{ name: 'auth.log', text: `one\n{"reason":"${value}"}\n` }]);
    expect(find).toMatchObject({ value: 'reason', sink: 'auth.log', before: '{"reason":"' });
    expect(find?.found).toContain(`${canaryMark}email`);
  });

  it('finds every line that a value stands in, once', () => {
    const text = `${value} ${value}\nnothing\n${value}`;
    expect(
      findsOf({ email: value }, [{ name: 'a place', text }]).filter(({ form }) => form === 'as it is'),
    ).toHaveLength(2);
  });

  it.each([
    ['"code":482913,', 1],
    ['code 482913', 1],
    ['2026-12-03T10:00:00.482913Z', 0],
    ['1482913', 0],
  ])('finds a short number that stands by itself: %s', (text, count) => {
    expect(findsOf({ code: '482913' }, [{ name: 'a place', text }])).toHaveLength(count);
  });

  it('finds nothing where nothing is', () => {
    expect(formsFound('nobody@example.com')).toEqual([]);
  });
});

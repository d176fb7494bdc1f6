import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** Text that may come back from no error. Its dash keeps it from being a plain field name, which answers do repeat. */
export const canary = 'fuzz-canary-5f1e';

const encode = (text: string) => new TextEncoder().encode(text);
const concat = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Values where something else was expected: other types, empty, huge, deep, and what other languages choke on. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, '', [], {}, [canary], { [canary]: canary }),
  fc.constantFrom(
    ...[canary, `' or '${canary}'='1`, `{{${canary}}}`, `<b>${canary}</b>`, `${canary}\r\nx-evil: 1`],
    ...[`../../${canary}`, `\u202e${canary}`, `＇${canary}`, canary.repeat(2000), '\u0130\u0131\ufb01'.repeat(50)],
  ),
  fc.constantFrom<unknown>(
    { $raw: canary },
    { $gt: '' },
    [[[[[[[canary]]]]]]],
    Array.from({ length: 500 }, () => canary),
  ),
  fc.jsonValue(),
);

/** Bodies that are no JSON, or that two readers could understand differently, for an object that would be fine. */
export function hostileBytes(valid: string): fc.Arbitrary<Uint8Array> {
  const open = valid.startsWith('{') ? valid.slice(1) : `"a":1}`;
  const first = /^\s*("(?:[^"\\]|\\.)*")/.exec(open)?.[1] ?? '"a"';
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.nat(Math.max(0, valid.length - 1)).map((length) => encode(valid.slice(0, length))),
    fc.constantFrom(
      encode(''),
      encode('null'),
      encode(`"${canary}"`),
      encode(`\ufeff${valid}`),
      encode(`${valid}${valid}`),
      encode(`{${first}:1,${open}`),
      encode(`{"__proto__":{"${canary}":1},${open}`),
      encode(`{"constructor":{"prototype":{"${canary}":1}},${open}`),
      encode(`{"a":"\\u0000${canary}",${open}`),
      encode(`{"a":"\\ud800${canary}",${open}`),
      encode(`{"a":1e999,${open}`),
      encode('['.repeat(30_000)),
      encode(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`),
      concat(encode('{"a":"'), new Uint8Array([0xff, 0xc0, 0xaf]), encode(`${canary}",${open}`)),
      concat(encode('{"a":"'), new Uint8Array([0]), encode(`${canary}",${open}`)),
      encode(JSON.stringify({ [canary]: 'x'.repeat(300_000) })),
    ),
  );
}

/** Ten megabytes in ten kilobytes. */
export const gzipBomb: Uint8Array<ArrayBuffer> = new Uint8Array(gzipSync(Buffer.alloc(10 << 20, 0x20)));

/** Text for a path segment or a query value, already fit for a URL. */
export const hostileUrlPart: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('%00', '%ff', '%', '%2e%2e%2f', '%0d%0ax-evil:1', canary, canary.repeat(200), '%F0%9F%92%A9'),
  fc.constantFrom("'--", '0', '-1', '1e9', 'null', 'undefined', '__proto__', '%7B%22$gt%22:%22%22%7D').map(encodePart),
  fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => encodeURIComponent(text)),
);

function encodePart(text: string): string {
  return text.includes('%') ? text : encodeURIComponent(text);
}

/** Header fields that a client may get wrong, or set with intent. */
export const hostileHeaders: fc.Arbitrary<Record<string, string>> = fc.constantFrom<Record<string, string>[]>(
  {},
  { accept: 'text/html' },
  { accept: `${canary}/*;q=x` },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': `multipart/form-data; boundary=${canary}` },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': `application/${canary}` },
  { 'if-match': `"${canary}"` },
  { 'if-match': `W/"v1", ${canary}` },
  { 'idempotency-key': canary.repeat(30) },
  { 'x-request-id': `${canary} <script>` },
  { traceparent: `00-${canary}` },
  { cookie: `__Secure-refresh=${canary}; __Secure-device=${canary}; ;;=` },
  { origin: `https://${canary}.test` },
  { authorization: `Bearer ${canary}` },
  { authorization: canary },
  { forwarded: `for=${canary}`, 'x-real-ip': canary, 'x-forwarded-host': canary },
);

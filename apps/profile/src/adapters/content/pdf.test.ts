import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findPdfProblem } from './pdf.ts';

const script = '<< /S /JavaScript /JS (app.alert(1)) >>';

/** A document that says so little that every reader shows an empty page, and these objects beside it. */
function pdf(...objects: (string | Buffer)[]): Buffer {
  const parts: (string | Buffer)[] = [
    '%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n',
    '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n',
    ...objects,
    'trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n',
  ];
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

function stream(dictionary: string, data: Uint8Array): Buffer {
  const head = `4 0 obj\n<< ${dictionary} /Length ${data.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\nendstream\nendobj\n')]);
}

function ascii85(data: Uint8Array): Buffer {
  let text = '';
  for (let at = 0; at < data.length; at += 4) {
    const group = Buffer.alloc(4);
    group.set(data.subarray(at, at + 4));
    let value = group.readUInt32BE();
    let digits = '';
    for (let digit = 0; digit < 5; digit += 1) {
      digits = String.fromCharCode(33 + (value % 85)) + digits;
      value = Math.floor(value / 85);
    }
    text += digits.slice(0, Math.min(4, data.length - at) + 1);
  }
  return Buffer.from(`${text}~>`);
}

/** Rows of ten bytes, each as its difference to the row above. */
function predicted(text: string): Buffer {
  const [columns, bytes] = [10, Buffer.from(text.padEnd(Math.ceil(text.length / 10) * 10))];
  const rows = Array.from({ length: bytes.length / columns }, (_, row) => {
    const line = Array.from({ length: columns }, (_unused, index) => {
      const at = row * columns + index;
      return ((bytes[at] ?? 0) - (row === 0 ? 0 : (bytes[at - columns] ?? 0))) & 0xff;
    });
    return Buffer.from([2, ...line]);
  });
  return Buffer.concat(rows);
}

const flate = '/Filter /FlateDecode';

test.each([
  ['says nothing but pages', pdf()],
  ['has compressed contents', pdf(stream(flate, deflateSync('BT /F1 12 Tf (Invoice) Tj ET'.repeat(1000))))],
  ['goes to a page when it is opened', pdf('5 0 obj\n<< /OpenAction [3 0 R /Fit] >>\nendobj\n')],
  ['has names that only begin alike', pdf('5 0 obj\n<< /LaunchPad 1 /Encryption 2 /XFAs 3 >>\nendobj\n')],
  ['has an image', pdf(stream('/Subtype /Image /Filter /DCTDecode', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])))],
])('a document that %s is taken', async (_, file) => {
  expect(await findPdfProblem(file)).toBeUndefined();
});

const damaged = deflateSync(script);
damaged.fill(0, damaged.length - 4);

test.each([
  ['a script', pdf(`5 0 obj\n${script}\nendobj\n`), 'pdf_active'],
  ['a script under an escaped name', pdf('5 0 obj\n<< /S /J#61v#61Script >>\nendobj\n'), 'pdf_active'],
  ['a program to start', pdf('5 0 obj\n<< /S /Launch /F (x.exe) >>\nendobj\n'), 'pdf_active'],
  ['another file', pdf('5 0 obj\n<< /Type /EmbeddedFile >>\nendobj\n'), 'pdf_active'],
  ['a form with a language of its own', pdf('5 0 obj\n<< /XFA 6 0 R >>\nendobj\n'), 'pdf_active'],
  ['a script in a compressed object', pdf(stream(`/Type /ObjStm ${flate}`, deflateSync(script))), 'pdf_active'],
  ['a script in a stream that says nothing of itself', pdf(stream('/Filter 9 0 R', deflateSync(script))), 'pdf_active'],
  ['a script behind a wrong checksum', pdf(stream(flate, damaged)), 'pdf_active'],
  ['a script compressed twice', pdf(stream(flate, deflateSync(deflateSync(script)))), 'pdf_active'],
  [
    'a script in ASCII85',
    pdf(stream('/Filter [/ASCII85Decode /FlateDecode]', ascii85(deflateSync(script)))),
    'pdf_active',
  ],
  [
    'a script in hexadecimal',
    pdf(stream('/Filter /ASCIIHexDecode', Buffer.from(`${Buffer.from(script).toString('hex')}>`))),
    'pdf_active',
  ],
  [
    'a script behind a predictor',
    pdf(stream(`${flate} /DecodeParms << /Predictor 12 /Columns 10 >>`, deflateSync(predicted(script)))),
    'pdf_active',
  ],
  ['encryption', pdf('5 0 obj\n<< /Encrypt 6 0 R >>\nendobj\n'), 'pdf_encrypted'],
  ['a filter that is not undone', pdf(stream('/Filter /LZWDecode', Buffer.from('x'))), 'pdf_unreadable'],
  [
    'a stream that breaks off',
    pdf(stream(flate, Buffer.concat([deflateSync('a'.repeat(9)).subarray(0, 2), Buffer.alloc(9, 0xff)]))),
    'pdf_unreadable',
  ],
  ['a bomb', pdf(stream(flate, deflateSync(Buffer.alloc(60 * 1024 * 1024)))), 'pdf_bomb'],
  ['something before its beginning', Buffer.concat([Buffer.from('GIF89a'), pdf()]), 'pdf_structure'],
  ['something behind its end', Buffer.concat([pdf(), Buffer.from('PK\u0003\u0004 and so on')]), 'pdf_structure'],
  ['no end', pdf().subarray(0, -8), 'pdf_structure'],
])('SR-77: a document with %s is not', async (_, file, rule) => {
  expect(await findPdfProblem(file)).toBe(rule);
});

test('what is made to take long does not', async () => {
  const startedAt = performance.now();
  await findPdfProblem(pdf(`5 0 obj\n${'#'.repeat(4e6)}${'/a#'.repeat(1e6)}\nendobj\n`));
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

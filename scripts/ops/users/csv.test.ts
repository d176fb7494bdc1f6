import { describe, expect, it } from 'vitest';
import { csvRecords } from '#ops/users/csv.ts';
import type { FileRecord } from '#ops/users/file-record.ts';

/** The records of a text that arrives in pieces of that size. */
async function read(text: string, pieceLength = text.length): Promise<FileRecord[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
  }
  return await Array.fromAsync(csvRecords(pieces()));
}

describe('csvRecords', () => {
  const text = 'a,b\r\n"x, ""y""","two\nlines"\n\n1,2\n,""\nlast,one';
  const records = [
    { line: 2, fields: { a: 'x, "y"', b: 'two\nlines' } },
    { line: 5, fields: { a: '1', b: '2' } },
    { line: 6, fields: {} },
    { line: 7, fields: { a: 'last', b: 'one' } },
  ];

  it('reads quotes, commas and breaks in a field, empty fields and lines, with or without a break at the end', async () => {
    expect(await read(text)).toEqual(records);
    expect(await read(`\uFEFF${text}\n`)).toEqual(records);
  });

  it.each([1, 2, 3, 5, 7, 11])('reads the same in pieces of %i characters', async (pieceLength) => {
    expect(await read(text, pieceLength)).toEqual(records);
  });

  it('says of a record with more or fewer fields that it cannot be read, and goes on', async () => {
    expect(await read('a,b\n1\n1,2,3\n4,5\n')).toEqual([
      { line: 2, fields: undefined },
      { line: 3, fields: undefined },
      { line: 4, fields: { a: '4', b: '5' } },
    ]);
  });

  it('goes on after a quote that is never closed, having given up on a record', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `${index},x\n`).join('');
    const found = await read(`a,b\n"never,x\n${lines}`);
    expect(found[0]).toEqual({ line: 2, fields: undefined });
    expect(found.at(-1)).toEqual({ line: 10_002, fields: { a: '9999', b: 'x' } });
  });

  it('says of a quote that is open at the end that it cannot be read', async () => {
    expect(await read('a,b\n1,"2')).toEqual([{ line: 2, fields: undefined }]);
  });

  it('has nothing of an empty file, and of a header alone', async () => {
    expect([await read(''), await read('a,b\n')]).toEqual([[], []]);
  });
});

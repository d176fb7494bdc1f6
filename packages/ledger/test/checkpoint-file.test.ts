import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { openCheckpointFile } from '#index.ts';

const months = ['checkpoints-2026-09.jsonl', 'checkpoints-2026-10.jsonl', 'checkpoints-2026-11.jsonl'];
const manifest = Buffer.alloc(24 * 500).toString('base64');
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_none, index) => from + index);
const linesOf = (numbers: readonly number[]) =>
  numbers.map((number) => `${JSON.stringify({ number, jws: `signed ${number}`, manifest })}\n`).join('');

/** A folder of three months with 300 checkpoints each: 14 MB. */
function givenFolder() {
  const folder = temporaryFolder('checkpoints');
  for (const [month, name] of months.entries()) {
    writeFileSync(join(folder, name), linesOf(range(month * 300 + 1, month * 300 + 300)));
  }
  return { folder, file: openCheckpointFile(folder, new Map()) };
}

async function numbersAfter(file: ReturnType<typeof openCheckpointFile>, number: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const checkpoint of file.readAfter(number)) numbers.push(checkpoint.number);
  return numbers;
}

/** What this process has read from files so far. */
const bytesRead = () => Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

describe('checkpoints in a folder are read after', () => {
  test.each([0, 1, 299, 300, 301, 450, 600, 899, 900, 5000])('%i: all that follow', async (number) => {
    expect(await numbersAfter(givenFolder().file, number)).toEqual(range(number + 1, 900));
  });

  test.skipIf(process.platform !== 'linux')('a late one without reading those of years', async () => {
    const { file } = givenFolder();
    const before = bytesRead();
    expect(await numbersAfter(file, 890)).toEqual(range(891, 900));
    expect(Buffer.from((await file.manifestOf(895)) ?? []).toString('base64')).toBe(manifest);
    expect(bytesRead() - before).toBeLessThan(2_000_000);
  });

  test('one that a line cut off follows', async () => {
    const { folder, file } = givenFolder();
    appendFileSync(join(folder, months[2] ?? ''), `{"number":901,"jws":"\n${linesOf(range(901, 910))}`);
    expect(await numbersAfter(file, 898)).toEqual(range(899, 910));
    expect(await numbersAfter(file, 905)).toEqual(range(906, 910));
  });

  test('one that a slow process wrote again, out of order, and died', async () => {
    const { folder, file } = givenFolder();
    appendFileSync(join(folder, months[2] ?? ''), linesOf([...range(700, 710), ...range(901, 910)]));
    expect(await numbersAfter(file, 709)).toEqual(expect.arrayContaining(range(710, 910)));
    expect((await numbersAfter(file, 709)).toSorted((a, b) => a - b).at(0)).toBe(710);
    expect(await numbersAfter(file, 905)).toEqual(range(906, 910));
  });

  test('one that is in no file', async () => {
    const { folder, file } = givenFolder();
    writeFileSync(join(folder, months[1] ?? ''), linesOf([...range(301, 400), ...range(402, 600)]));
    expect(await numbersAfter(file, 399)).toEqual([400, ...range(402, 900)]);
  });
});

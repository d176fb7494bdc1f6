import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { csvRecords } from '#ops/users/csv.ts';
import type { FileRecord } from '#ops/users/file-record.ts';
import { StackError } from '#stack/host/stack-error.ts';

export type FileKind = 'json' | 'csv';

const kinds: Readonly<Record<string, FileKind>> = { '.jsonl': 'json', '.ndjson': 'json', '.csv': 'csv' };

/** What a file holds, by the end of its name. @throws StackError for a file of another kind */
export function kindOfFile(file: string): FileKind {
  const kind = kinds[extname(file)];
  if (kind === undefined) throw new StackError(`${file} must end in ${Object.keys(kinds).join(', ')}`);
  return kind;
}

/** The records of an import, one after another, of a file of any length: JSON a line, or CSV with a header. */
export function readRecords(file: string): AsyncIterable<FileRecord> {
  if (kindOfFile(file) === 'json') return jsonRecords(file);
  return csvRecords(createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 }));
}

async function* jsonRecords(file: string): AsyncGenerator<FileRecord> {
  const input = createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 });
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() !== '') yield { line, fields: parse(line === 1 ? text.replace(/^\uFEFF/, '') : text) };
  }
}

function parse(text: string): FileRecord['fields'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

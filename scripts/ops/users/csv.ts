import type { FileRecord } from '#ops/users/file-record.ts';

/** A field may hold so many characters: a quote that is never closed must not swallow the rest of the file. */
const recordLengthMax = 65_536;

/**
 * Records of a CSV (RFC 4180) with a header. An empty field is as one that is not there; a record with more or fewer fields
 * than the header, or too long, cannot be read.
 */
export async function* csvRecords(text: AsyncIterable<string>): AsyncGenerator<FileRecord> {
  let header: readonly string[] | undefined;
  for await (const { line, cells } of csvRows(text)) {
    if (header === undefined) {
      header = cells?.map((name, index) => (index === 0 ? name.replace(/^\uFEFF/, '') : name).trim()) ?? [];
      continue;
    }
    yield { line, fields: cells?.length === header.length ? recordOf(header, cells) : undefined };
  }
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[] | undefined;
}

async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<Row> {
  const reader = new RowReader();
  for await (const chunk of text) yield* reader.push(chunk);
  yield* reader.end();
}

/** Splits text into rows wherever the chunks of a stream end. */
class RowReader {
  #line = 1;
  #begunAt = 1;
  #cells: string[] = [];
  #cell = '';
  #isQuoted = false;
  /** A quote in a quoted field: it ends the field, unless another one follows. */
  #mayEnd = false;
  #length = 0;

  *push(chunk: string): Generator<Row> {
    for (const character of chunk) {
      if (character === '\n') this.#line += 1;
      this.#length += 1;
      if (this.#mayEnd) {
        this.#mayEnd = false;
        if (character === '"') {
          this.#cell += character;
          continue;
        }
        this.#isQuoted = false;
      }
      const isTooLong = this.#length > recordLengthMax;
      if (this.#isQuoted && !(isTooLong && character === '\n')) {
        if (character === '"') this.#mayEnd = true;
        else this.#cell += character;
      } else if (character === '\n') {
        yield* this.#endRow(isTooLong);
      } else {
        this.#plain(character);
      }
    }
  }

  *end(): Generator<Row> {
    if (this.#length > 0) yield* this.#endRow(this.#isQuoted && !this.#mayEnd);
  }

  #plain(character: string): void {
    if (character === ',') {
      this.#cells.push(this.#cell);
      this.#cell = '';
    } else if (character === '"' && this.#cell === '') {
      this.#isQuoted = true;
    } else if (character !== '\r') {
      this.#cell += character;
    }
  }

  *#endRow(isBroken: boolean): Generator<Row> {
    const cells = [...this.#cells, this.#cell];
    const isEmpty = cells.length === 1 && cells[0] === '';
    if (!isEmpty) yield { line: this.#begunAt, cells: isBroken ? undefined : cells };
    this.#cells = [];
    this.#cell = '';
    this.#isQuoted = false;
    this.#mayEnd = false;
    this.#length = 0;
    this.#begunAt = this.#line;
  }
}

function recordOf(header: readonly string[], cells: readonly string[]): Record<string, string> {
  const pairs = header.map((name, index) => [name, cells[index] ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

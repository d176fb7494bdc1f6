import { promisify } from 'node:util';
import { constants, inflateRaw } from 'node:zlib';

/** A stream that becomes too large, or all of them together. */
export class StreamTooLarge extends Error {
  override readonly name = 'StreamTooLarge';
}

/** A stream that is damaged, so that each reader sees another end of it. */
export class StreamUnreadable extends Error {
  override readonly name = 'StreamUnreadable';
}

const unzip = promisify(inflateRaw);
const oneBytesMax = 48 * 1024 * 1024;
const allBytesMax = 192 * 1024 * 1024;
const layersMax = 4;
/** Before `stream` stands the dictionary of the stream. */
const dictionaryBytes = 2048;

/**
 * Everything that lies compressed in a document, as it is when it is read. What a dictionary says of the filters is not asked:
 * whatever can be decoded is, and looked into again.
 */
export async function* inflated(file: Buffer): AsyncGenerator<Buffer, void> {
  let total = 0;
  for (let at = file.indexOf('stream'); at !== -1; at = file.indexOf('stream', at + 6)) {
    if (file.toString('latin1', Math.max(0, at - 3), at) === 'end') continue;
    const dictionary = unescaped(file.toString('latin1', Math.max(0, at - dictionaryBytes), at));
    let content: Buffer | undefined = file.subarray(startOf(file, at + 6));
    for (let layer = 0; layer < layersMax && content !== undefined; layer += 1) {
      content = await decoded(content, dictionary);
      if (content === undefined) break;
      total += content.length;
      if (total > allBytesMax) throw new StreamTooLarge();
      yield content;
      yield* unpredicted(content, dictionary);
    }
  }
}

/** The data begins behind the end of the line. */
function startOf(file: Buffer, at: number): number {
  const [first, second] = [file[at], file[at + 1]];
  if (first === 0x0d && second === 0x0a) return at + 2;
  return first === 0x0d || first === 0x0a ? at + 1 : at;
}

async function decoded(content: Buffer, dictionary: string): Promise<Buffer | undefined> {
  const [first = 0, second = 0] = content;
  const isZlib = (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
  return isZlib ? await inflatedOf(content, dictionary) : asciiDecoded(content);
}

/** Without its checksum, which readers do not ask for either. What only looks like a compressed stream is none. */
async function inflatedOf(content: Buffer, dictionary: string): Promise<Buffer | undefined> {
  try {
    return await unzip(content.subarray(2), { maxOutputLength: oneBytesMax, finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new StreamTooLarge();
    if (/\/(FlateDecode|Fl)\b/.test(dictionary)) throw new StreamUnreadable();
    return undefined;
  }
}

const ascii85 = /^(?:<~)?([\s!-uz]+)~>/;
const hexadecimal = /^([\s0-9A-Fa-f]+)>/;

/** ASCII85Decode and ASCIIHexDecode (ISO 32000-2 §7.4.2, §7.4.3), by what the data looks like. */
function asciiDecoded(content: Buffer): Buffer | undefined {
  const end = content.indexOf('>');
  if (end < 1) return undefined;
  const text = content.toString('latin1', 0, end + 1);
  const [, hex] = hexadecimal.exec(text) ?? [];
  if (hex !== undefined) return Buffer.from(hex.replace(/\s/g, ''), 'hex');
  const [, digits] = ascii85.exec(text) ?? [];
  return digits === undefined ? undefined : fromAscii85(digits.replace(/\s/g, ''));
}

function fromAscii85(digits: string): Buffer {
  const bytes: number[] = [];
  for (const group of digits.replaceAll('z', '!!!!!').match(/.{1,5}/g) ?? []) {
    let value = 0;
    for (const digit of group.padEnd(5, 'u')) value = value * 85 + (digit.charCodeAt(0) - 33);
    const word = [value / 2 ** 24, value / 2 ** 16, value / 2 ** 8, value].map((part) => Math.floor(part) % 256);
    bytes.push(...word.slice(0, group.length - 1));
  }
  return Buffer.from(bytes);
}

/** A name may have any of its letters as `#` and their code: `/J#61vaScript` is the same name. */
export function unescaped(text: string): string {
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The content once more with each predictor undone that the dictionary may mean (PNG, ISO 32000-2 §7.4.4.4). */
function* unpredicted(content: Buffer, dictionary: string): Generator<Buffer, void> {
  const numbers = (name: string) =>
    [...dictionary.matchAll(new RegExp(`/${name}\\s+(\\d{1,5})`, 'g'))].map(([, n]) => Number(n));
  if (!numbers('Predictor').some((predictor) => predictor >= 10)) return;
  const [columns = 1, colors = 1, bits = 8] = ['Columns', 'Colors', 'BitsPerComponent'].map((name) =>
    numbers(name).at(-1),
  );
  const pixelBytes = Math.max(1, (colors * bits) >> 3);
  const rowBytes = Math.ceil((columns * colors * bits) / 8);
  if (rowBytes > 0) yield undoRows(content, rowBytes, pixelBytes);
}

function undoRows(content: Buffer, rowBytes: number, pixelBytes: number): Buffer {
  const rows = Math.ceil(content.length / (rowBytes + 1));
  const plain = Buffer.alloc(rows * rowBytes);
  for (let row = 0; row < rows; row += 1) {
    const filter = content[row * (rowBytes + 1)] ?? 0;
    for (let index = 0; index < rowBytes; index += 1) {
      const at = row * rowBytes + index;
      const left = index < pixelBytes ? 0 : (plain[at - pixelBytes] ?? 0);
      const up = row === 0 ? 0 : (plain[at - rowBytes] ?? 0);
      const corner = row === 0 || index < pixelBytes ? 0 : (plain[at - rowBytes - pixelBytes] ?? 0);
      const raw = content[row * (rowBytes + 1) + 1 + index] ?? 0;
      plain[at] = raw + guessOf(filter, left, up, corner);
    }
  }
  return plain;
}

/** What a row's filter has taken away (PNG §9.2). */
function guessOf(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

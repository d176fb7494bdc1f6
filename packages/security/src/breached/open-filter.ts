import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { normalisePassword } from '@bank/domain';
import { partOf } from '#breached/build-filter.ts';
import {
  type FilterHeader,
  type FilterPart,
  falsePositiveRate,
  headBytes,
  PasswordFilterInvalid,
  readHead,
  tableBytes,
  tablesOffset,
} from '#breached/filter-format.ts';
import { placesOf } from '#breached/fuse-table.ts';

/** The passwords that are known from breaches. */
export interface BreachedPasswords {
  readonly keys: number;
  readonly falsePositiveRate: number;
  /**
   * Whether that is so seldom, 2^-32 at most, that nobody's good password is expected to be taken for one of these: only then
   * is a hit a reason to take a password from whoever has it.
   */
  readonly isPrecise: boolean;
  /** Whether the whole password, in the form in which it is hashed, is among them (SR-5). */
  has(password: string): Promise<boolean>;
  close(): Promise<void>;
}

interface Place extends FilterPart {
  readonly offset: number;
}

const chunkBytes = 4 * 1024 * 1024;
const preciseRateMax = 2 ** -32;

/**
 * Opens a filter, having read all of it once to see that it is whole. A lookup reads three values where they lie in the
 * file: the operating system keeps it in memory as far as there is room, for all processes together, and this one grows by
 * nothing. @throws PasswordFilterInvalid naming the file and what is wrong with it
 */
export async function openBreachedPasswords(file: string): Promise<BreachedPasswords> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const opened = await readAndVerify(handle);
    return lookups(handle, opened);
  } catch (error) {
    await handle?.close();
    const reason = error instanceof PasswordFilterInvalid ? error.message : 'cannot be read';
    throw new PasswordFilterInvalid(`the filter of breached passwords ${file} ${reason}`, { cause: error });
  }
}

function lookups(
  handle: FileHandle,
  { header, places }: { header: FilterHeader; places: readonly Place[] },
): BreachedPasswords {
  const { fingerprintBits, partBits } = header;
  const valueBytes = fingerprintBits / 8;
  const valueAt = async (offset: number, index: number) => {
    const value = await readAt(handle, offset + index * valueBytes, valueBytes);
    return value.readUIntLE(0, valueBytes);
  };
  return {
    keys: header.keys,
    falsePositiveRate: falsePositiveRate(header),
    isPrecise: falsePositiveRate(header) <= preciseRateMax,
    async has(password) {
      const digest = createHash('sha1').update(normalisePassword(password), 'utf8').digest();
      const place = places[partOf(digest.readUInt32BE(0), partBits)];
      if (place === undefined || place.segmentLength === 0) return false;
      const key = [digest.readUInt32BE(4), digest.readUInt32BE(8), digest.readUInt32BE(12)] as const;
      const [first, second, third, fingerprint] = placesOf(place, key);
      const values = await Promise.all([first, second, third].map((index) => valueAt(place.offset, index)));
      const difference = values.reduce((sum, value) => sum ^ value, fingerprint);
      return (difference & (2 ** fingerprintBits - 1)) === 0;
    },
    close: () => handle.close(),
  };
}

async function readAndVerify(handle: FileHandle): Promise<{ header: FilterHeader; places: readonly Place[] }> {
  const { size } = await handle.stat();
  const start = await readAt(handle, 0, Math.min(size, 64));
  const head = await readAt(handle, 0, headBytes(start));
  const { header, parts } = readHead(head);
  let offset = tablesOffset(header);
  const places = parts.map((part) => {
    const place = { ...part, offset };
    offset += tableBytes(part, header.fingerprintBits);
    return place;
  });
  if (offset !== size) throw new PasswordFilterInvalid(`is damaged: it has ${size} bytes and not ${offset}`);
  for (const place of places) await verifyTable(handle, place, tableBytes(place, header.fingerprintBits));
  return { header, places };
}

async function verifyTable(handle: FileHandle, { offset, checksum }: Place, bytes: number): Promise<void> {
  let sum = 0;
  for (let read = 0; read < bytes; read += chunkBytes) {
    sum = crc32(await readAt(handle, offset + read, Math.min(chunkBytes, bytes - read)), sum);
  }
  if (bytes > 0 && sum !== checksum) throw new PasswordFilterInvalid('is damaged: the checksum of a part is another');
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(buffer, read, length - read, position + read);
    if (bytesRead === 0) throw new PasswordFilterInvalid('is damaged: it ends too early');
    read += bytesRead;
  }
  return buffer;
}

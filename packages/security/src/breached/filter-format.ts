import { crc32 } from 'node:zlib';
import { type FingerprintBits, type TableShape, tableLength } from '#breached/fuse-table.ts';

/** A file that is no filter, is damaged, or of a version that this program does not know. */
export class PasswordFilterInvalid extends Error {
  override readonly name = 'PasswordFilterInvalid';
}

/** One table of a filter, which holds the keys that begin alike. */
export interface FilterPart extends TableShape {
  /** CRC-32 of the table. */
  readonly checksum: number;
}

/** What the beginning of a filter's file says. */
export interface FilterHeader {
  readonly fingerprintBits: FingerprintBits;
  /** So many first bits of a key choose its part. */
  readonly partBits: number;
  readonly keys: number;
  /** Passwords that were seen less often were left out. */
  readonly minCount: number;
}

export const partBitsMax = 16;
const magic = Buffer.from('PWFILTER');
const version = 1;
const headerBytes = 64;
const partBytes = 16;
const widths: readonly FingerprintBits[] = [8, 16, 32];

/** How often a password that is not in the filter is taken for one that is. */
export function falsePositiveRate({ fingerprintBits }: Pick<FilterHeader, 'fingerprintBits'>): number {
  return 2 ** -fingerprintBits;
}

/** Where the first table begins. */
export function tablesOffset({ partBits }: Pick<FilterHeader, 'partBits'>): number {
  return headerBytes + 2 ** partBits * partBytes;
}

/** The bytes of one table. */
export function tableBytes(part: TableShape, bits: FingerprintBits): number {
  return tableLength(part) * (bits / 8);
}

/**
 * The beginning of a file, little endian. Header: magic (8), version (2), fingerprint bits (1), part bits (1), keys (8),
 * least count (4), CRC-32 of everything here with this field as 0 (4), false-positive rate (8, floating), reserved (28).
 * Then for each part its seed, segment length, segment count × length and checksum, 4 bytes each.
 */
export function writeHead(header: FilterHeader, parts: readonly FilterPart[]): Buffer {
  const head = Buffer.alloc(tablesOffset(header));
  magic.copy(head);
  head.writeUInt16LE(version, 8);
  head.writeUInt8(header.fingerprintBits, 10);
  head.writeUInt8(header.partBits, 11);
  head.writeBigUInt64LE(BigInt(header.keys), 12);
  head.writeUInt32LE(header.minCount, 20);
  head.writeDoubleLE(falsePositiveRate(header), 28);
  for (const [index, { seed, segmentLength, segmentCountLength, checksum }] of parts.entries()) {
    const at = headerBytes + index * partBytes;
    for (const [field, value] of [seed, segmentLength, segmentCountLength, checksum].entries()) {
      head.writeUInt32LE(value, at + 4 * field);
    }
  }
  head.writeUInt32LE(crc32(head), 24);
  return head;
}

/** How many bytes the head of a file has, by its first bytes. @throws PasswordFilterInvalid */
export function headBytes(start: Buffer): number {
  if (start.length < headerBytes || !start.subarray(0, 8).equals(magic))
    throw new PasswordFilterInvalid('is no filter');
  if (start.readUInt16LE(8) !== version)
    throw new PasswordFilterInvalid(`is of version ${start.readUInt16LE(8)}, not ${version}`);
  const partBits = start.readUInt8(11);
  if (partBits > partBitsMax) throw new PasswordFilterInvalid('is damaged: its header makes no sense');
  return tablesOffset({ partBits });
}

/** Reads the head of a file. @throws PasswordFilterInvalid */
export function readHead(head: Buffer): { header: FilterHeader; parts: readonly FilterPart[] } {
  const blank = Buffer.from(head);
  blank.writeUInt32LE(0, 24);
  const bits = widths.find((width) => width === head.readUInt8(10));
  if (crc32(blank) !== head.readUInt32LE(24) || bits === undefined) {
    throw new PasswordFilterInvalid('is damaged: the checksum of its header is another');
  }
  const partBits = head.readUInt8(11);
  const keys = Number(head.readBigUInt64LE(12));
  const parts = Array.from({ length: 2 ** partBits }, (_, index) => {
    const field = (number: number) => head.readUInt32LE(headerBytes + index * partBytes + 4 * number);
    return { seed: field(0), segmentLength: field(1), segmentCountLength: field(2), checksum: field(3) };
  });
  return { header: { fingerprintBits: bits, partBits, keys, minCount: head.readUInt32LE(20) }, parts };
}

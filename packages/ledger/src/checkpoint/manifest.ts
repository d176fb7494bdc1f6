import { createHash } from 'node:crypto';

/** How many bytes of an entry's hash stand in a manifest: enough to tell which entry of a checkpoint was changed. */
const markBytes = 8;
const idBytes = 16;
/** What one entry takes. */
export const manifestEntryBytes = idBytes + markBytes;

/** An entry as a manifest names it. */
export interface ManifestEntry {
  readonly id: string;
  /** The beginning of its hash, in hexadecimal. */
  readonly mark: string;
}

/**
 * What a checkpoint adds to the one before it: id and beginning of the hash of each entry, by shard and position. The
 * checkpoint's heads prove that something was changed; the manifest tells which entry was the first.
 */
export function encodeManifest(entries: readonly { readonly id: string; readonly hash: string }[]): Buffer {
  return Buffer.concat(
    entries.map(({ id, hash }) => Buffer.from(id.replaceAll('-', '') + hash.slice(0, 2 * markBytes), 'hex')),
  );
}

/** The entries from one index of a manifest up to another. Fewer when the manifest is shorter. */
export function readManifest(manifest: Uint8Array, from: number, to: number): ManifestEntry[] {
  const bytes = Buffer.from(manifest.buffer, manifest.byteOffset, manifest.byteLength);
  const end = Math.min(to, Math.floor(bytes.length / manifestEntryBytes));
  return Array.from({ length: Math.max(end - from, 0) }, (_none, index) => {
    const hex = bytes
      .subarray((from + index) * manifestEntryBytes, (from + index + 1) * manifestEntryBytes)
      .toString('hex');
    return { id: toUuid(hex.slice(0, 2 * idBytes)), mark: hex.slice(2 * idBytes) };
  });
}

/** Whether a manifest's entry is that entry. */
export function isManifested(expected: ManifestEntry, entry: { readonly id: string; readonly hash: string }): boolean {
  return expected.id === entry.id && entry.hash.startsWith(expected.mark);
}

/** SHA-256 of a manifest in base64url: what the checkpoint's signature covers. */
export function manifestHash(manifest: Uint8Array): string {
  return createHash('sha256').update(manifest).digest('base64url');
}

function toUuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

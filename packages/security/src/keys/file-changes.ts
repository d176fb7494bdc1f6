import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { KeyringInvalid } from '#keys/keyring.ts';

const pollMsDefault = 2000;

interface FileVersion {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

function fingerprint({ ino, size, mtimeNs }: FileVersion): string {
  return `${ino}:${size}:${mtimeNs}`;
}

/** Taken before the file is read: a change in between is then seen by the next poll, not lost. @throws KeyringInvalid */
export function versionOf(file: string, name: string): string {
  try {
    return fingerprint(statSync(file, { bigint: true }));
  } catch (cause) {
    throw new KeyringInvalid(name, `cannot read ${file}`, { cause });
  }
}

/**
 * Polls a file rather than watching it, because that also sees renames over it and the symlink swaps of mounted secrets. Calls
 * `reload` when the version is another than `seen`; it answers whether it is done with that version, or wants to be asked
 * again at the next poll. Gives the end of it.
 */
export function pollFile(
  file: string,
  { seen, pollMs = pollMsDefault }: { readonly seen: string; readonly pollMs: number | undefined },
  reload: () => boolean | Promise<boolean>,
): () => void {
  let known = seen;
  let busy = false;

  async function poll(): Promise<void> {
    if (busy) return;
    busy = true;
    const version = await stat(file, { bigint: true }).then(fingerprint, () => 'missing');
    if (version !== known && (await reload())) known = version;
    busy = false;
  }

  const timer = setInterval(() => void poll(), pollMs).unref();
  return () => clearInterval(timer);
}

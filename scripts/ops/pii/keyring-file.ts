import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StackError } from '#stack/host/stack-error.ts';

const keyBytes = 32; // what AES-256 takes

interface KeyringDocument {
  current: string;
  keys?: Record<string, string>;
  wrapped?: Record<string, string>;
}

/** A keyring's file, which no other command changes until it is closed. */
export interface KeyringFile {
  readonly document: KeyringDocument;
  /** Keys by their ids, in base64: in the clear, or wrapped. */
  readonly keys: Record<string, string>;
  readonly isWrapped: boolean;
  /** Replaces the file whole, for the account that owns it; lasts when it returns. Once at most. @throws StackError */
  save(): void;
  /** Lets go of it. What was not saved is forgotten. */
  close(): void;
}

/** Opens a keyring to change it. @throws StackError for what is no keyring, and while another command changes it */
export function openKeyringFile(file: string): KeyringFile {
  const next = `${file}.next`;
  // Made first: what is read afterwards is what nobody else is about to replace.
  const descriptor = openNext(next, file);
  let isSaved = false;
  const close = () => {
    closeSync(descriptor);
    if (!isSaved) rmSync(next, { force: true });
  };
  try {
    const document = readDocument(file);
    if (document.wrapped === undefined) document.keys ??= {};
    return {
      document,
      keys: document.wrapped ?? document.keys ?? {},
      isWrapped: document.wrapped !== undefined,
      close,
      save() {
        belongAs(descriptor, file);
        writeFileSync(descriptor, JSON.stringify(document));
        fsyncSync(descriptor);
        renameSync(next, file);
        isSaved = true;
        syncFolder(dirname(file));
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** A new key, as it stands in a keyring that is not wrapped. */
export function newKeyText(): string {
  return randomBytes(keyBytes).toString('base64');
}

function openNext(next: string, file: string): number {
  try {
    return openSync(next, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new StackError(`another command changes ${file}; if none runs, one was killed: remove ${next}`);
    }
    throw new StackError(`${file} cannot be read as a keyring, or its folder not be written (${code})`);
  }
}

function readDocument(file: string): KeyringDocument {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeyringDocument;
  } catch {
    throw new StackError(`${file} cannot be read as a keyring`);
  }
}

/** Gives what replaces the file its owner: the app has another account than the operator. */
function belongAs(descriptor: number, file: string): void {
  const { uid, gid, mode } = statSync(file);
  try {
    fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o777);
  } catch {
    throw new StackError(`${file} belongs to account ${uid}:${gid}: run the command as that account, or as root`);
  }
}

// The new name outlives a power cut only when the folder is on the disk too.
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

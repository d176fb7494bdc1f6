import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** A certificate, its key, and the authority that must have signed the other side's. PEM files. */
export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TlsMaterial {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.3';
}

const pollMs = 2000;

/** Reads the three files. @throws Error when one is missing or the key does not belong to the certificate */
export function readTls({ caFile, certFile, keyFile }: TlsFiles): TlsMaterial {
  const material: TlsMaterial = {
    ca: readFileSync(caFile, 'utf8'),
    cert: readFileSync(certFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
    minVersion: 'TLSv1.3',
  };
  createSecureContext(material);
  return material;
}

/**
 * Calls back when one of the files changes, until the returned function is called. Polls (2 s): the only way that
 * notices a mounted secret whose symbolic link is turned to a new folder. Keeps no process alive.
 */
export function watchFiles(files: readonly string[], onChange: () => void, everyMs = pollMs): () => void {
  let seen = stateOf(files);
  const timer = setInterval(() => {
    const now = stateOf(files);
    if (now !== seen) {
      seen = now;
      onChange();
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function stateOf(files: readonly string[]): string {
  return files.map(stateOfOne).join();
}

/** A folder that may not be entered and a network volume that answers with an error are states as well: whoever reads says so. */
function stateOfOne(file: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return 'unreadable';
  }
}

/** All files of a TLS identity, for watching. */
export function filesOf({ caFile, certFile, keyFile }: TlsFiles): readonly string[] {
  return [caFile, certFile, keyFile];
}

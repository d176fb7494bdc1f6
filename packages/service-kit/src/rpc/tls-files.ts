import { readFileSync, type StatsListener, unwatchFile, watchFile } from 'node:fs';
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
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) {
      onChange();
    }
  };
  for (const file of files) {
    watchFile(file, { persistent: false, interval: everyMs }, listener);
  }
  return () => {
    for (const file of files) {
      unwatchFile(file, listener);
    }
  };
}

/** All files of a TLS identity, for watching. */
export function filesOf({ caFile, certFile, keyFile }: TlsFiles): readonly string[] {
  return [caFile, certFile, keyFile];
}

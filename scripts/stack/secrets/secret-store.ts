import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_BYTES = 24;

/** Passwords of a development stack: made at the first use, the same at every later start. */
export interface SecretStore {
  /** The password with that name, in the URL-safe base64 alphabet. */
  password(name: string): string;
}

/** Opens the passwords of a stack's folder. They are readable by the owner of the checkout alone. */
export function openSecretStore(secretsFolder: string): SecretStore {
  mkdirSync(secretsFolder, { recursive: true, mode: 0o700 });
  const file = join(secretsFolder, 'passwords.json');
  return {
    password(name) {
      const passwords = readPasswords(file); // each time: a command may run beside the launcher
      const known = passwords[name];
      if (known !== undefined) {
        return known;
      }
      const made = randomBytes(SECRET_BYTES).toString('base64url');
      writePrivately(file, JSON.stringify({ ...passwords, [name]: made }, null, 2));
      return made;
    },
  };
}

/** Whose passwords a folder has already. */
export function knownPasswords(secretsFolder: string): ReadonlySet<string> {
  return new Set(Object.keys(readPasswords(join(secretsFolder, 'passwords.json'))));
}

/** Replaces a file at once, readable by its owner alone. */
export function writePrivately(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readPasswords(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

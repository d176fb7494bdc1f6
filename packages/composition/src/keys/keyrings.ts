import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Logger, Metrics } from '@bank/observability';
import {
  isWrappedKeyring,
  type KeyManagement,
  type Keyring,
  type KeyringFileOptions,
  openKeyring,
  openWrappedKeyring,
} from '@bank/security';

/** Opens keyrings of the app's folder, one file each, read again when they change. */
export interface KeyringFolder {
  /** `name` is that of the file without `.json`. @throws KeyringInvalid when it is missing or weak */
  open(name: string): Keyring;
  close(): void;
}

export interface KeyringFolderOptions {
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Where a changed keyring that is refused shows; a command has none. */
  readonly metrics?: Pick<Metrics, 'watchFile'>;
  /** The app whose folder it is. */
  readonly app: string;
  /** Unwraps the keyrings that are wrapped; where there is none, these do not open. */
  readonly keyManagement: KeyManagement | undefined;
}

interface FolderConfig {
  readonly KEYRING_DIR: string;
  readonly NODE_ENV: string;
}

/**
 * The keyrings under `KEYRING_DIR`. Those that a key management service wrapped are unwrapped now. Keys made for development open
 * everywhere but in production (SR-84). @throws KeyringInvalid, KeyManagementFailed
 */
export async function openKeyringFolder(config: FolderConfig, options: KeyringFolderOptions): Promise<KeyringFolder> {
  const { app, keyManagement } = options;
  const opened = new Map<string, ReturnType<typeof openKeyring>>();
  if (keyManagement !== undefined) {
    for (const name of wrappedIn(config.KEYRING_DIR)) {
      const wrapped = { ...fileOptions(config, options, name), app, keyManagement };
      opened.set(name, await openWrappedKeyring(fileOf(config, name), wrapped));
    }
  }
  return {
    open(name) {
      const known = opened.get(name);
      if (known !== undefined) return known;
      const keyring = openKeyring(fileOf(config, name), fileOptions(config, options, name));
      opened.set(name, keyring);
      return keyring;
    },
    close() {
      for (const keyring of opened.values()) keyring.close();
    },
  };
}

function fileOf({ KEYRING_DIR }: FolderConfig, name: string): string {
  return join(KEYRING_DIR, `${name}.json`);
}

function wrappedIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && isWrappedKeyring(join(folder, file)));
  return files.map((file) => basename(file, '.json'));
}

function fileOptions(
  config: FolderConfig,
  { logger, metrics }: KeyringFolderOptions,
  name: string,
): KeyringFileOptions {
  const tell = metrics?.watchFile(`keyring ${name}`);
  return {
    name,
    allowDevelopmentKeys: config.NODE_ENV !== 'production',
    onReload() {
      tell?.('taken');
      logger.info({ component: 'keyring', keyring: name }, 'keyring read again');
    },
    onError(err) {
      tell?.('refused');
      logger.error({ component: 'keyring', keyring: name, err }, 'changed keyring refused; the old keys stay');
    },
  };
}

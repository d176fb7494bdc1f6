import { join } from 'node:path';
import type { Logger } from '@bank/observability';
import { type Keyring, openKeyring } from '@bank/security';

/** Opens keyrings of the app's folder, one file each, read again when they change. */
export interface KeyringFolder {
  /** `name` is that of the file without `.json`. @throws KeyringInvalid when it is missing or weak */
  open(name: string): Keyring;
  close(): void;
}

/** The keyrings under `KEYRING_DIR`. Keys made for development open everywhere but in production (SR-84). */
export function openKeyringFolder(
  config: { readonly KEYRING_DIR: string; readonly NODE_ENV: string },
  logger: Logger,
): KeyringFolder {
  const opened = new Map<string, ReturnType<typeof openKeyring>>();
  return {
    open(name) {
      const known = opened.get(name);
      if (known !== undefined) return known;
      const keyring = openKeyring(join(config.KEYRING_DIR, `${name}.json`), {
        name,
        allowDevelopmentKeys: config.NODE_ENV !== 'production',
        onReload: () => logger.info({ component: 'keyring', keyring: name }, 'keyring read again'),
        onError: (err) =>
          logger.error({ component: 'keyring', keyring: name, err }, 'changed keyring refused; the old keys stay'),
      });
      opened.set(name, keyring);
      return keyring;
    },
    close() {
      for (const keyring of opened.values()) keyring.close();
    },
  };
}

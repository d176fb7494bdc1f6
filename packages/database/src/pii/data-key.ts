/** `erasable` keys die with the user's data; `retained` ones protect what law makes a bank keep. */
export type KeyClass = 'erasable' | 'retained';

export const keyClasses: readonly KeyClass[] = ['erasable', 'retained'];

/** A data key as it is written: encrypted under a key-encryption key. */
export interface WrappedKey {
  readonly id: string;
  readonly userId: string;
  readonly keyClass: KeyClass;
  readonly kekId: string;
  readonly wrapped: Uint8Array;
}

/** A data key as it is read: without bytes once destroyed. `uncommitted` when this very transaction wrote the row. */
export interface StoredKey {
  readonly id: string;
  readonly userId: string;
  readonly keyClass: KeyClass;
  readonly wrapped: Buffer | null;
  readonly uncommitted: boolean;
}

/** A key that was destroyed. A backup from before has the key and no tombstone: after a restore the user is erased again. */
export interface Tombstone {
  readonly keyId: string;
  readonly userId: string;
  readonly keyClass: KeyClass;
  readonly destroyedAt: Date;
}

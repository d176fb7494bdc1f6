/** Something that was stored. */
export interface KeptObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

const keptMax = 2000;
const keptBytesMax = 256 * 1024 * 1024;

/** Objects in memory: the newest, as many as there is room for. */
export class ObjectShelf {
  readonly #objects = new Map<string, KeptObject>();
  #bytes = 0;

  get(key: string): KeptObject | undefined {
    return this.#objects.get(key);
  }

  put(key: string, object: KeptObject): void {
    this.delete(key);
    this.#objects.set(key, object);
    this.#bytes += object.bytes.length;
    for (const oldest of this.#objects.keys()) {
      if (this.#objects.size <= keptMax && this.#bytes <= keptBytesMax) break;
      this.delete(oldest);
    }
  }

  delete(key: string): boolean {
    this.#bytes -= this.#objects.get(key)?.bytes.length ?? 0;
    return this.#objects.delete(key);
  }
}

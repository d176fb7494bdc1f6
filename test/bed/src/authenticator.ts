import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** How long a code may be under way. */
const arrivalMs = 12_000;
const stepMs = 30_000;

/** An authenticator app (RFC 6238) with one account, which never shows a code twice. */
export class Authenticator {
  readonly #key: Uint8Array;
  #lastStep = 0;

  /** `secret` as it is typed in: base32. */
  constructor(secret: string) {
    this.#key = fromBase32(secret);
  }

  /** The oldest code that is still taken when it arrives and was not shown yet; undefined until the clock has come to it. */
  code(now = Date.now()): string | undefined {
    const current = Math.floor(now / stepMs);
    // That of the step before is taken until this one ends, that of the step ahead is taken as well.
    const oldest = now % stepMs < stepMs - arrivalMs ? current - 1 : current;
    const step = Math.max(this.#lastStep + 1, oldest);
    if (step > current + 1) return undefined;
    this.#lastStep = step;
    return this.#codeOf(step);
  }

  /** The same; waits where the clock has to come to it first. */
  async nextCode(): Promise<string> {
    for (;;) {
      const code = this.code();
      if (code !== undefined) return code;
      await pause(100);
    }
  }

  #codeOf(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac('sha1', this.#key).update(counter).digest();
    const at = (digest.at(-1) ?? 0) & 0x0f;
    return String((digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
  }
}

/** The bytes that a text in base32 without padding stands for (RFC 4648 §6). */
export function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((symbol) => alphabet.indexOf(symbol).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

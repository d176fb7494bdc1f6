import { createHmac } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** How long a code may be under way. */
const arrivalMs = 12_000;
const stepMs = 30_000;

/** An authenticator app (RFC 6238) with one account, which never shows a code twice. */
export class Authenticator {
  readonly #key: Buffer;
  #lastStep: number;

  /** `secret` as it is typed in: base32. Codes up to `lastStep` were shown before. */
  constructor(secret: string, lastStep = 0) {
    this.#lastStep = lastStep;
    const bits = [...secret].map((symbol) => alphabet.indexOf(symbol).toString(2).padStart(5, '0')).join('');
    this.#key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }

  /** The oldest code that will still be taken when it arrives and was not shown yet; waits where the clock has to come to it first. */
  async nextCode(): Promise<string> {
    const step = Math.max(this.#lastStep + 1, oldestStep());
    // A code of the step ahead is taken, those after it are not.
    while (currentStep() + 1 < step) await new Promise((resolve) => setTimeout(resolve, 100));
    this.#lastStep = step;
    return this.#codeOf(step);
  }

  #codeOf(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac('sha1', this.#key).update(counter).digest();
    const at = (digest.at(-1) ?? 0) & 0x0f;
    return String((digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
  }
}

/** A code of the step before is taken until this one ends: it is not given out so late that a slow answer outlasts it. */
function oldestStep(): number {
  return Date.now() % stepMs < stepMs - arrivalMs ? currentStep() - 1 : currentStep();
}

function currentStep(): number {
  return Math.floor(Date.now() / stepMs);
}

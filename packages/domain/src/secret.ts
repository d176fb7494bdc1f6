const placeholder = '[secret]';

/**
 * Text that must not reach a log, an error or an answer by accident. Every implicit way of printing it
 * (string conversion, JSON, Node's inspect) yields `[secret]`; only `reveal()` gives the text.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return placeholder;
  }

  toJSON(): string {
    return placeholder;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return placeholder;
  }
}

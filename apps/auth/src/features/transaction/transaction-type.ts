import * as v from 'valibot';

/** What a person is shown of a transaction, and decides on. */
export interface Shown {
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly value: string }[];
  /** The same in one line for a text message: 60 characters of the GSM 7-bit alphabet at most; nothing where they do not state it. */
  readonly text: string | undefined;
}

/**
 * One kind of transaction: its name, the form of its payload, and how a person is shown it. A form changes nothing of what it
 * lets through, so that whoever computes the digest of what they sent gets the one that is approved.
 */
export function defineTransactionType<const N extends string, S extends v.GenericSchema>(
  name: N,
  payload: S,
  show: (payload: v.InferOutput<S>) => Shown,
) {
  const schema = v.strictObject({ type: v.literal(name), payload });
  return {
    name,
    schema,
    /** How one of this kind, which the form has let through, is shown. */
    show: (transaction: unknown): Shown =>
      show((v.parse(schema, transaction) as { payload: v.InferOutput<S> }).payload),
  };
}

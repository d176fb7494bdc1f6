import * as v from 'valibot';
import { StackError } from '#stack/host/stack-error.ts';

/** What reads the hashes of a Firebase project. */
export interface FirebaseProject {
  readonly signerKey: Uint8Array;
  readonly saltSeparator: Uint8Array;
  readonly rounds: number;
  readonly memoryCost: number;
}

const bytes = v.pipe(
  v.string(),
  v.base64(),
  v.transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
);

/** The names under which Firebase's console shows them. */
const ProjectSchema = v.object({
  base64_signer_key: bytes,
  base64_salt_separator: bytes,
  rounds: v.pipe(v.number(), v.integer(), v.minValue(1)),
  mem_cost: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/** Reads `{ "base64_signer_key", "base64_salt_separator", "rounds", "mem_cost" }`. @throws StackError naming the file */
export function readFirebaseProject(file: string, text: string): FirebaseProject {
  try {
    const read = v.parse(ProjectSchema, JSON.parse(text));
    const { base64_signer_key: signerKey, base64_salt_separator: saltSeparator, rounds, mem_cost: memoryCost } = read;
    return { signerKey, saltSeparator, rounds, memoryCost };
  } catch {
    throw new StackError(`${file} must be JSON with base64_signer_key, base64_salt_separator, rounds and mem_cost`);
  }
}

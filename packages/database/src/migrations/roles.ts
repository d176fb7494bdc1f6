import { identifier } from '#connection/identifier.ts';

/** The two roles of a schema: the one that owns and migrates it, and the one its app connects as. */
export function rolesOf(schema: string): { readonly owner: string; readonly app: string } {
  return { owner: identifier(`${schema}_owner`), app: identifier(`${schema}_app`) };
}

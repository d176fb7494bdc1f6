import type { Argon2id } from 'oslo/password';

type Options = ConstructorParameters<typeof Argon2id>[0];

/**
 * Argon2id of the library that hashes. It is loaded when it is first asked for, because its allocator (mimalloc) reads its
 * settings as it is loaded, and a bundle loads what it imports statically before it runs anything of its own. By default the
 * allocator gives back memory that was unused for 10 ms, so that passwords wait for 19 MiB of pages to be mapped and cleared:
 * longer than their hash, on many virtual machines. As many hashes as run at a time keep theirs.
 */
export async function argon2id(options?: Options): Promise<Argon2id> {
  process.env['MIMALLOC_PURGE_DELAY'] ??= '-1';
  const library = await import('oslo/password');
  return new library.Argon2id(options);
}

// Imported before the library that hashes, whose allocator (mimalloc) reads its settings as it is loaded. By default it gives
// back memory that was unused for 10 ms, so that every second password waits for 19 MiB of pages to be mapped and cleared:
// longer than its hash, on many virtual machines. As many hashes as run at a time keep theirs.
process.env['MIMALLOC_PURGE_DELAY'] ??= '-1';

import type * as v from 'valibot';

/** A value that only its own schema or function can make: `Brand<string, 'Email'>` is not just any string. */
export type Brand<T, Name extends string> = T & v.Brand<Name>;

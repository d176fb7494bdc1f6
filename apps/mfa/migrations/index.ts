import { Factors } from './202611230001-factors.ts';

/** In the order they run; a name is never changed once it has landed. */
export const migrations = [{ name: '202611230001-factors', class: Factors }];

import type { Case } from '#bench.ts';
import { refresh } from '#cases/refresh.ts';
import { session } from '#cases/session.ts';

/** Every case in the order in which they run. */
export const allCases: readonly Case[] = [session, refresh];

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const repositoryFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The Node of the lockfile, which runs every process of the stack. */
export const nodeProgram = join(repositoryFolder, 'node_modules', '.bin', 'node');

/** The folder of the stack that `npm start` runs. */
export const defaultStackFolder = join(repositoryFolder, '.stack');

/**
 * Where processes that come again keep their compiled code. Never in a folder that others may write to, as the one that Node would
 * take by itself: what lies there is run.
 */
export const compiledFolder = join(defaultStackFolder, 'cache');

/** The folder of the stack that runs in containers altogether (`docker-compose.dev.yml`). */
export const wholeStackFolder = join(defaultStackFolder, 'whole-stack');

/** The folder of the stores that `npm test` starts. */
export const testStackFolder = join(defaultStackFolder, 'test');

/** The folder of the stores that `pnpm test:stores` starts, beside those of `npm test`. */
export const heldStoresFolder = join(defaultStackFolder, 'test-stores');

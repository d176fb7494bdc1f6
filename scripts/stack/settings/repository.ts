import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const repositoryFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The Node of the lockfile, which runs every process of the stack. */
export const nodeProgram = join(repositoryFolder, 'node_modules', '.bin', 'node');

/** The folder of the stack that `npm start` runs. */
export const defaultStackFolder = join(repositoryFolder, '.stack');

/** The folder of the stack that runs in containers altogether (`docker-compose.dev.yml`). */
export const wholeStackFolder = join(defaultStackFolder, 'whole-stack');

/** The folder of the stores that `npm test` starts. */
export const testStackFolder = join(defaultStackFolder, 'test');

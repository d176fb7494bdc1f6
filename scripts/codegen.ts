// `pnpm codegen`: writes packages/proto/src/gen, the registries of apps/mfa/src/factor-types, docs/openapi.yaml and
// docs/api/data-rights.md from their sources. `pnpm codegen factor-types <folder>`: such registries of another folder alone.
import { fileURLToPath } from 'node:url';
import { generateFactorTypes } from '#contracts/factor-types/registries.ts';
import { generate } from '#contracts/generate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const [what, folder] = process.argv.slice(2);
if (what === 'factor-types' && folder !== undefined) await generateFactorTypes(folder, folder);
else await generate(root, root);

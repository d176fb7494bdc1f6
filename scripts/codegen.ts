// `pnpm codegen`: writes packages/proto/src/gen, docs/openapi.yaml and docs/api/data-rights.md from their sources.
import { fileURLToPath } from 'node:url';
import { generate } from '#contracts/generate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
await generate(root, root);

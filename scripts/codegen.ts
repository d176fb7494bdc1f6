// `pnpm codegen`: writes packages/proto/src/gen and docs/openapi.yaml from their sources.
import { fileURLToPath } from 'node:url';
import { generate } from '#contracts/generate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
await generate(root, root);

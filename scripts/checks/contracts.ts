import type { Problem } from '#checks/problem.ts';
import { breakingChanges, movedBaselines } from '#contracts/baselines.ts';
import { staleFiles } from '#contracts/generate.ts';

/** Generated code and documents are what `pnpm codegen` makes of the sources. */
export async function checkGenerated(root: string): Promise<readonly Problem[]> {
  const files = await staleFiles(root);
  return files.map((file) => ({ file, message: 'is not what the sources generate: run `pnpm codegen`' }));
}

/** The .proto files and the OpenAPI document break no client of the last release, whose baselines nobody else moved. */
export async function checkCompatibility(root: string): Promise<readonly Problem[]> {
  const moved = await movedBaselines(root);
  return moved.length > 0 ? moved : breakingChanges(root);
}

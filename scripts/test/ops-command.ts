import { vi } from 'vitest';
import { runTool, type ToolResult } from '#checks/tool.ts';
import { runCommand } from '#ops/run-command.ts';
import { nodeProgram, repositoryFolder } from '#stack/settings/repository.ts';

/** `pnpm ops …` as an operator runs it, which takes a second to start. */
export function opsProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolResult> {
  return runTool(repositoryFolder, nodeProgram, ['scripts/ops.ts', ...args], env);
}

/** The same in this process. */
export async function ops(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolResult> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      printed[name] += chunk;
      return true;
    }),
  );
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    return { status: await runCommand(args), ...printed };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

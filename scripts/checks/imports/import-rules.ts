import * as v from 'valibot';
import { isGenerated, workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';
import { runTool } from '#checks/tool.ts';

const roots = ['apps', 'packages', 'infra', 'scripts', 'test', 'bench', 'chaos'];
const source = /\.(ts|mts|mjs|js)$/;

const Report = v.object({
  modules: v.array(v.object({ source: v.string() })),
  summary: v.object({
    violations: v.array(
      v.object({ from: v.string(), to: v.string(), rule: v.object({ name: v.string(), severity: v.string() }) }),
    ),
    ruleSetUsed: v.object({ forbidden: v.optional(v.array(v.object({ name: v.string(), comment: v.string() })), []) }),
  }),
});

/** The import table, by dependency-cruiser: layers, owners of drivers, pure core, cycles, undeclared imports. */
export async function checkImportRules(root: string): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter(
    (file) => source.test(file) && roots.includes(file.split('/', 1)[0] ?? '') && !isGenerated(file),
  );
  const present = roots.filter((folder) => files.some((file) => file.startsWith(`${folder}/`)));
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', '--', ...present];
  const result = await runTool(root, 'depcruise', args);
  if (!result.stdout.startsWith('{')) throw new Error(`depcruise failed: ${result.stderr.trim()}`);
  const report = v.parse(Report, JSON.parse(result.stdout));
  const seen = new Set(report.modules.map((module) => module.source));
  const advice = new Map(report.summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));
  return [
    ...report.summary.violations.map(({ from, to, rule }) => ({
      file: from,
      message: `imports ${to} [${rule.name}]: ${advice.get(rule.name) ?? ''}`,
    })),
    // With a compiler it does not know the tool looks at nothing and reports success.
    ...files
      .filter((file) => !seen.has(file))
      .map((file) => ({ file, message: 'was not looked at by dependency-cruiser' })),
  ];
}

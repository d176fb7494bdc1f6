import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

/** A block of code that a page shows as a part of a file. */
interface Excerpt {
  readonly line: number;
  /** As the page writes it, from the page's own folder. */
  readonly source: string;
  readonly code: string;
}

const marked = /^<!-- code of (\S+) -->\n```\w*\n([\s\S]*?)```$/gm;
const mark = /^<!-- code of \S+ -->$/gm;

/** What a page shows below `<!-- code of <file> -->` stands in that file, line by line. */
export async function checkExcerpts(root: string): Promise<readonly Problem[]> {
  const pages = (await workspaceFiles(root)).filter((file) => file.endsWith('.md'));
  const problems = await Promise.all(
    pages.map(async (file) => wrongExcerpts(root, file, await readFile(join(root, file), 'utf8'))),
  );
  return problems.flat();
}

async function wrongExcerpts(root: string, file: string, text: string): Promise<Problem[]> {
  const excerpts = excerptsIn(text);
  const problems: Problem[] = [];
  if (excerpts.length < (text.match(mark) ?? []).length) {
    problems.push({ file, message: 'a `<!-- code of … -->` has no block of code right below it' });
  }
  for (const { line, source, code } of excerpts) {
    const path = join(root, posix.dirname(file), source);
    const whole = await readFile(path, 'utf8').catch(() => undefined);
    if (whole === undefined) problems.push({ file, line, message: `${source} is not there` });
    else if (!`\n${whole}`.includes(`\n${code}`)) problems.push({ file, line, message: `${source} says otherwise` });
  }
  return problems;
}

function excerptsIn(text: string): Excerpt[] {
  return [...text.matchAll(marked)].map(({ index, 1: source = '', 2: code = '' }) => {
    return { line: text.slice(0, index).split('\n').length, source, code };
  });
}

import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type Page, readPage } from '#checks/docs/markdown.ts';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

/** Every link of a page leads to a file of the repository and a heading that it has; every page of `docs` is reached from the README. */
export async function checkLinks(root: string): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => file.endsWith('.md'));
  const pages = new Map(
    await Promise.all(files.map(async (file) => [file, readPage(await readFile(join(root, file), 'utf8'))] as const)),
  );
  const broken = await Promise.all([...pages].map(([file, page]) => brokenLinks(root, file, page, pages)));
  return [...broken.flat(), ...unreached(pages)];
}

async function brokenLinks(
  root: string,
  file: string,
  { links }: Page,
  pages: ReadonlyMap<string, Page>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { line, text } of links) {
    const { path, anchor, isOutside } = targetOf(file, text);
    if (isOutside) continue;
    const found = await stat(join(root, path)).catch(() => undefined);
    if (found === undefined || path.startsWith('..')) problems.push({ file, line, message: `${text} leads nowhere` });
    else if (anchor !== '' && pages.has(path) && pages.get(path)?.anchors.has(anchor) !== true) {
      problems.push({ file, line, message: `${text}: ${path} has no heading of that name` });
    }
  }
  return problems;
}

/** Where a link leads, from the root of the repository. Addresses of others are not asked. */
function targetOf(file: string, link: string): { path: string; anchor: string; isOutside: boolean } {
  const [path = '', anchor = ''] = link.split('#', 2);
  const target = path === '' ? file : posix.join(posix.dirname(file), decodeURIComponent(path));
  return { path: target.replace(/\/$/, ''), anchor, isOutside: /^[a-z][a-z0-9+.-]*:/i.test(link) };
}

/** Pages under `docs` that no chain of links leads to; a link to a folder leads to the pages that lie in it. */
function unreached(pages: ReadonlyMap<string, Page>): Problem[] {
  const reached = new Set<string>();
  const waiting = ['README.md'];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { text } of pages.get(file)?.links ?? []) {
      const { path, isOutside } = targetOf(file, text);
      if (!isOutside) waiting.push(path, ...[...pages.keys()].filter((page) => posix.dirname(page) === path));
    }
  }
  return [...pages.keys()]
    .filter((file) => file.startsWith('docs/') && !reached.has(file))
    .map((file) => ({ file, message: 'no chain of links from README.md leads here' }));
}

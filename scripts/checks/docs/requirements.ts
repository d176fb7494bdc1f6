import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isGenerated, workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

const page = 'docs/security-requirements.md';
const row = /^\| (\d+) \| .+ \| (\S+) \| (\S+) \|$/;
const nothing = '–';
/** A comment that has its lines to itself; what is left of a test that bears a number is a name. */
const comment = /^\s*(\/\/|\/?\*).*$/gm;
const code = /\.(ts|conf|template)$/;

interface Requirement {
  readonly number: number;
  readonly line: number;
  /** Where it is carried out, and the test that bears its number: files, or `–` where a requirement asks for nothing. */
  readonly source: string;
  readonly test: string;
}

/** The numbered requirements have a line each, whose source is there and whose test bears the number; code names no other number. */
export async function checkRequirements(root: string): Promise<readonly Problem[]> {
  const listed = requirementsOf(await readFile(join(root, page), 'utf8'));
  const outOfOrder = listed
    .filter(({ number }, index) => number !== index + 1)
    .slice(0, 1)
    .map(({ line, number }) => ({ file: page, line, message: `SR-${number} stands where another number belongs` }));
  const wrong = await Promise.all(listed.map((requirement) => problemsOf(root, requirement)));
  return [...outOfOrder, ...wrong.flat(), ...(await unlisted(root, new Set(listed.map(({ number }) => number))))];
}

function requirementsOf(text: string): readonly Requirement[] {
  return text.split('\n').flatMap((line, index) => {
    const [, number, source = '', test = ''] = row.exec(line.replaceAll('`', '')) ?? [];
    return number === undefined ? [] : [{ number: Number(number), line: index + 1, source, test }];
  });
}

async function problemsOf(root: string, { number, line, source, test }: Requirement): Promise<Problem[]> {
  const missing = [source, test].filter((file) => file !== nothing && !existsSync(join(root, file)));
  if (missing.length > 0) return [{ file: page, line, message: `${missing.join(', ')} is not there` }];
  if (test === nothing) return [];
  const text = (await readFile(join(root, test), 'utf8')).replaceAll(comment, '');
  return numbersIn(text).has(number)
    ? []
    : [{ file: page, line, message: `no test of ${test} is named after SR-${number}` }];
}

async function unlisted(root: string, listed: ReadonlySet<number>): Promise<Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => code.test(file) && !isGenerated(file));
  const problems = await Promise.all(
    files.map(async (file) => {
      const strange = [...numbersIn(await readFile(join(root, file), 'utf8'))].filter((number) => !listed.has(number));
      return strange.map((number) => ({ file, message: `SR-${number} is not in ${page}` }));
    }),
  );
  return problems.flat();
}

function numbersIn(text: string): ReadonlySet<number> {
  return new Set([...text.matchAll(/\bSR-(\d+)\b/g)].map(([, number]) => Number(number)));
}

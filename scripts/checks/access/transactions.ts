import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ESTree } from 'rolldown/utils';
import { declaredAccess } from '#checks/access/declared-access.ts';
import { outsideWrites } from '#checks/access/outside-writes.ts';
import { isGenerated, workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';
import { lineAt, parseSource, type Source, textOf, visitSource } from '#checks/syntax.ts';

const shipped = /^(apps|packages|infra\/sandbox)\/.*\/?src\/.*\.ts$/;
const exempt = /^packages\/(database|testing)\/|\.test\.ts$/;
const feature = /^apps\/[^/]+\/src\/(features\/|factor-types\/(?![^/]+\/(storage|transport)\/))/;
const transactionSql =
  /^\s*((begin|commit|rollback)\s*(;|$|transaction\b|work\b|isolation\b|read\b|to\s)|start\s+transaction|savepoint\s)/i;
const opening = new Set(['withTransaction', 'withStatement']);
const transactionMethods = new Set(['transactional', 'begin', 'commit', 'rollback']);

/**
 * Transactions are opened by `withTransaction`, `withStatement` and `once` alone, each says who may and what is audited, and a feature writes
 * through the repositories of its transaction only.
 */
export async function checkTransactions(root: string): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => shipped.test(file) && !isGenerated(file));
  const sources = await Promise.all(
    files.map(async (file) => parseSource(file, await readFile(join(root, file), 'utf8'))),
  );
  return sources
    .filter(({ file }) => !exempt.test(file))
    .flatMap((source) => [...otherTransactions(source), ...undeclaredAccess(source)])
    .concat(...Object.values(Object.groupBy(sources, ({ file }) => file.split('/', 2).join('/'))).map(writesOutside));
}

function otherTransactions(source: Source): Problem[] {
  const problems: Problem[] = [];
  const report = (node: ESTree.Node): void => {
    const message = 'opens a transaction by itself: use withTransaction, which asks who may and what is audited';
    problems.push({ file: source.file, line: lineAt(source, node.start), message });
  };
  visitSource(source, {
    CallExpression(node) {
      if (node.arguments.some((argument) => transactionSql.test(literalText(argument)))) report(node);
      const { callee } = node;
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      if (!transactionMethods.has(callee.property.name)) return;
      if (callee.property.name === 'transactional' || isEntityManager(textOf(source, callee.object))) report(node);
    },
  });
  return problems;
}

/** The text of a string argument, up to its first placeholder; empty for any other argument. */
function literalText(argument: ESTree.Node): string {
  if (argument.type === 'Literal' && typeof argument.value === 'string') return argument.value;
  return argument.type === 'TemplateLiteral' ? (argument.quasis[0]?.value.raw ?? '') : '';
}

function isEntityManager(receiver: string): boolean {
  return /(^|\.)(em|orm|connection|getConnection\(\)|knex|kysely)$/i.test(receiver);
}

function undeclaredAccess(source: Source): Problem[] {
  const problems: Problem[] = [];
  visitSource(source, {
    CallExpression(node) {
      if (node.callee.type !== 'Identifier' || !opening.has(node.callee.name)) return;
      const missing = declaredAccess(source, node.arguments[1]);
      if (missing === undefined) return;
      problems.push({ file: source.file, line: lineAt(source, node.start), message: missing });
    },
  });
  return problems;
}

function writesOutside(app: readonly Source[] = []): Problem[] {
  return outsideWrites(
    app,
    app.filter(({ file }) => feature.test(file) && !exempt.test(file)),
  );
}

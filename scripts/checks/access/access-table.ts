import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import type { Problem } from '#checks/problem.ts';
import { contractPaths } from '#contracts/paths.ts';

const tableFile = 'test/e2e/test/matrix/rest-table.ts';
const ruleLine = /^(GET|POST|PUT|PATCH|DELETE|OPTIONS)\s+(\/\S*)\s+\w+\s+\S/;

const Document = v.object({ paths: v.record(v.string(), v.record(v.string(), v.unknown())) });

/**
 * Every route of the document has a line in the table of who may ask for what, and every line a route (SR-65). That each line
 * is right is tried end to end; that it is there is seen here, before anything is started.
 */
export async function checkAccessTable(root: string): Promise<readonly Problem[]> {
  const [document, table] = await Promise.all(
    [contractPaths.openApi, tableFile].map((file) => readFile(join(root, file), 'utf8')),
  );
  const served = new Set(routesOf(document ?? ''));
  const listed = new Map(linesOf(table ?? ''));
  const missing = [...served]
    .filter((route) => !listed.has(route))
    .map((route) => ({
      file: tableFile,
      message: `${route} is served, and stands in no line of ${tableFile}: add "${route} public customer" there (who may, by hand)`,
    }));
  const leftOver = [...listed]
    .filter(([route]) => !served.has(route))
    .map(([route, line]) => ({
      file: tableFile,
      line,
      message: `${route} is in no inventory of routes: take the line away, or run \`pnpm codegen\` if the route is new`,
    }));
  return [...missing, ...leftOver];
}

/** `GET /v1/devices/{id}` of each operation of the document. */
function routesOf(document: string): string[] {
  const { paths } = v.parse(Document, parse(document));
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** The routes of the table, each with its line. Read as text: no tool imports a test of another package. */
function linesOf(table: string): [route: string, line: number][] {
  return table.split('\n').flatMap((text, index) => {
    const [, method, path] = ruleLine.exec(text) ?? [];
    return method === undefined ? [] : [[`${method} ${path}`, index + 1] as [string, number]];
  });
}

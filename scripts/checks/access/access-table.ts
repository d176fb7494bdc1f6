import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { checkMethodTable } from '#checks/access/method-table.ts';
import type { Problem } from '#checks/problem.ts';
import { contractPaths } from '#contracts/paths.ts';
import { doorOf } from '#stack/gateway/routes.ts';

const tableFile = 'test/e2e/test/matrix/rest-table.ts';
const gatewayFile = 'scripts/stack/gateway/routes.ts';
const ruleLine = /^(GET|POST|PUT|PATCH|DELETE|OPTIONS)\s+(\/\S*)\s+(\w+)\s+\S/;

const Document = v.object({ paths: v.record(v.string(), v.record(v.string(), v.unknown())) });

/**
 * Every route of the document has a line in the table of who may ask for what, and every line a route, at the door that the
 * gateway has for it (SR-65); every method of ours has a line in that of methods. That each line is right is tried end to end;
 * that it is there is seen here, before anything is started.
 */
export async function checkAccessTable(root: string): Promise<readonly Problem[]> {
  const [document = '', table = ''] = await Promise.all(
    [contractPaths.openApi, tableFile].map((file) => readFile(join(root, file), 'utf8')),
  );
  const served = new Set(routesOf(document));
  const lines = linesOf(table);
  const listed = new Set(lines.map(({ route }) => route));
  const missing = [...served]
    .filter((route) => !listed.has(route))
    .map((route) => ({ file: tableFile, message: missingLine(route) }));
  const wrong = lines.flatMap(({ route, door, line }) => {
    const message = served.has(route) ? wrongDoor(route, door) : leftOver(route);
    return message === undefined ? [] : [{ file: tableFile, line, message }];
  });
  return [...missing, ...wrong, ...(await checkMethodTable(root))];
}

function missingLine(route: string): string {
  const door = doorOf(pathOf(route));
  const what = `${route} is served, and stands in no line of ${tableFile}`;
  if (door === 'none') {
    return `${what}: no row of ${gatewayFile} lets it through, so add one there, and then a line (or one with the door none)`;
  }
  return `${what}: add "${route} ${door} ${door === 'staff' ? 'admin' : 'customer'}" there (who may, by hand)`;
}

function wrongDoor(route: string, door: string): string | undefined {
  const open = doorOf(pathOf(route));
  if (open === door) return undefined;
  return `${route} has the door ${door} here and ${open} by the rows of ${gatewayFile}: mend one of them`;
}

function leftOver(route: string): string {
  return `${route} is in no inventory of routes: take the line away, or run \`pnpm codegen\` if the route is new`;
}

function pathOf(route: string): string {
  return route.slice(route.indexOf(' ') + 1);
}

/** `GET /v1/devices/{id}` of each operation of the document. */
function routesOf(document: string): string[] {
  const { paths } = v.parse(Document, parse(document));
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

interface TableLine {
  readonly route: string;
  readonly door: string;
  readonly line: number;
}

/** Read as text: no tool imports a test of another package. */
function linesOf(table: string): TableLine[] {
  return table.split('\n').flatMap((text, index) => {
    const [, method, path, door = ''] = ruleLine.exec(text) ?? [];
    return method === undefined ? [] : [{ route: `${method} ${path}`, door, line: index + 1 }];
  });
}

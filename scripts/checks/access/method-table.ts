import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

const tableFile = 'test/e2e/test/matrix/rpc-table.ts';
const inventoryFile = 'test/e2e/test/matrix/inventory.ts';
const ruleLine = /^\w+\s+([\w.]+\/\w+)\s+\S/;

/**
 * Every method that a `.proto` file declares and that is ours to serve has a line in the table of whose certificate may call it
 * (SR-67), and every line a method. Which services others serve is said by the inventory of the matrix.
 */
export async function checkMethodTable(root: string): Promise<readonly Problem[]> {
  const contracts = (await workspaceFiles(root)).filter((file) => /^proto\/.*\.proto$/.test(file));
  const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
  const [table, inventory, ...texts] = await Promise.all([tableFile, inventoryFile, ...contracts].map(read));
  const elsewhere = elsewhereIn(inventory ?? '');
  const declared = new Set(texts.flatMap(methodsIn).filter((method) => !elsewhere.has(serviceOf(method))));
  const lines = linesOf(table ?? '');
  const listed = new Set(lines.map(({ method }) => method));
  const missing = [...declared].filter((method) => !listed.has(method)).map(missingLine);
  const leftOver = lines
    .filter(({ method }) => !declared.has(method))
    .map(({ method, line }) => ({
      file: tableFile,
      line,
      message: `${method} is in no .proto file of ours: take the line away`,
    }));
  return [...missing, ...leftOver];
}

function missingLine(method: string): Problem {
  const message =
    `${method} stands in no line of ${tableFile}: add "<app> ${method} <callers> <behind>" there (who may, by hand),` +
    ' and a message in rpc-messages.ts beside it if its feature parses before it decides';
  return { file: tableFile, message };
}

/** `bank.user.v1.UserService/GetUser` of each `rpc`. */
function methodsIn(contract: string): string[] {
  const [, area = ''] = /^package\s+([\w.]+);/m.exec(contract) ?? [];
  let service = '';
  return contract.split('\n').flatMap((text) => {
    service = /^service\s+(\w+)/.exec(text)?.[1] ?? service;
    const method = /^\s+rpc\s+(\w+)/.exec(text)?.[1];
    return method === undefined ? [] : [`${area}.${service}/${method}`];
  });
}

function serviceOf(method: string): string {
  return method.slice(0, method.indexOf('/'));
}

/** Read as text, as the table is: no tool imports a test of another package. */
function elsewhereIn(inventory: string): ReadonlySet<string> {
  const [, list = ''] = /const elsewhere[^=]*= new Set\(\[([^\]]*)\]\)/.exec(inventory) ?? [];
  return new Set([...list.matchAll(/'([\w.]+)'/g)].map(([, service = '']) => service));
}

function linesOf(table: string): { readonly method: string; readonly line: number }[] {
  return table.split('\n').flatMap((text, index) => {
    const method = ruleLine.exec(text)?.[1];
    return method === undefined ? [] : [{ method, line: index + 1 }];
  });
}

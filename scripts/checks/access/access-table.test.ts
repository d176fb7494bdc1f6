import { describe, expect, it } from 'vitest';
import { checkAccessTable } from '#checks/access/access-table.ts';
import { formatProblem } from '#checks/problem.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const table = 'test/e2e/test/matrix/rest-table.ts';
const document = 'paths:\n  /v1/x:\n    get: {}\n    post: {}\n  /v1/x/{id}:\n    get: {}\n';
const lines = ['GET    /v1/x  public  customer', 'POST   /v1/x  both    anyone', 'GET    /v1/x/{id}  staff  admin'];

const problems = async (rules: readonly string[]) => {
  const text = `export const restTable = \`\nroute  door  who\n${rules.join('\n')}\n\`;\n`;
  const found = await inWorkspace({ 'docs/openapi.yaml': document, [table]: text }, checkAccessTable);
  return found.map(formatProblem);
};

describe('SR-65 the table of who may ask for what', () => {
  it('passes with a line for each route', async () => {
    expect(await problems(lines)).toEqual([]);
  });

  it('fails without the line of a route, and says what to add', async () => {
    expect(await problems(lines.slice(1))).toEqual([
      `${table}  GET /v1/x is served, and stands in no line of ${table}: add "GET /v1/x public customer" there (who may, by hand)`,
    ]);
  });

  it('fails with a line that no route answers to', async () => {
    expect(await problems([...lines, 'DELETE /v1/x/{id}  public  customer'])).toEqual([
      `${table}:6  DELETE /v1/x/{id} is in no inventory of routes: take the line away, or run \`pnpm codegen\` if the route is new`,
    ]);
  });
});

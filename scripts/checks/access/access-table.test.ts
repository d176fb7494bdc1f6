import { describe, expect, it } from 'vitest';
import { checkAccessTable } from '#checks/access/access-table.ts';
import { formatProblem } from '#checks/problem.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const routes = 'test/e2e/test/matrix/rest-table.ts';
const methods = 'test/e2e/test/matrix/rpc-table.ts';
const gateway = 'scripts/stack/gateway/routes.ts';
const document =
  'paths:\n  /v1/devices:\n    get: {}\n    post: {}\n  /v1/admin/x/{id}:\n    get: {}\n  /authorize:\n    get: {}\n';
const routeLines = [
  'GET    /v1/devices  public  customer',
  'POST   /v1/devices  public    anyone',
  'GET    /v1/admin/x/{id}  staff  admin',
  'GET    /authorize  none  anyone',
];
const methodLines = [
  'auth     bank.x.v1.XService/GetX      device  -',
  'mfa      bank.x.v1.XService/SetX      admin  admin',
];
const contract = `syntax = "proto3";
package bank.x.v1;
service XService {
  // Reads. Not an rpc Other(x).
  rpc GetX(GetXRequest) returns (GetXResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }
  rpc SetX(SetXRequest) returns (SetXResponse);
}
`;

const problems = async (routeRules: readonly string[], methodRules = methodLines, paths = document) => {
  const found = await inWorkspace(
    {
      'docs/openapi.yaml': paths,
      'proto/bank/x/v1/x_service.proto': contract,
      'proto/bank/y/v1/y_service.proto': 'package bank.y.v1;\nservice YService {\n  rpc GetY(A) returns (B);\n}\n',
      'test/e2e/test/matrix/inventory.ts': `const elsewhere: ReadonlySet<string> = new Set([\n  'bank.y.v1.YService',\n]);\n`,
      [routes]: `export const restTable = \`\nroute  door  who\n${routeRules.join('\n')}\n\`;\n`,
      [methods]: `export const rpcTable = \`\napp  method  callers  behind\n${methodRules.join('\n')}\n\`;\n`,
    },
    checkAccessTable,
  );
  return found.map(formatProblem);
};

describe('SR-65 the table of who may ask for what', () => {
  it('passes with a line for each route', async () => {
    expect(await problems(routeLines)).toEqual([]);
  });

  it.each([
    ['GET /v1/devices', 'public customer'],
    ['GET /v1/admin/x/{id}', 'staff admin'],
  ])('fails without the line of %s, and says what to add', async (route, rest) => {
    const others = routeLines.filter((line) => !line.startsWith(route.replace(' ', '    ')));
    expect(await problems(others)).toEqual([
      `${routes}  ${route} is served, and stands in no line of ${routes}: add "${route} ${rest}" there (who may, by hand)`,
    ]);
  });

  it('fails without a row of the gateway for a new first segment, and names its file', async () => {
    expect(await problems(routeLines, methodLines, `${document}  /v1/notes:\n    get: {}\n`)).toEqual([
      expect.stringContaining(`no row of ${gateway} lets it through`),
    ]);
  });

  it('fails with a line whose door is not the one of the gateway', async () => {
    const [first = '', ...others] = routeLines;
    expect(await problems([first.replace('public', 'both'), ...others])).toEqual([
      `${routes}:3  GET /v1/devices has the door both here and public by the rows of ${gateway}: mend one of them`,
    ]);
  });

  it('fails with a line that no route answers to', async () => {
    expect(await problems([...routeLines, 'DELETE /v1/devices/{id}  public  customer'])).toEqual([
      `${routes}:7  DELETE /v1/devices/{id} is in no inventory of routes: take the line away, or run \`pnpm codegen\` if the route is new`,
    ]);
  });
});

describe('SR-67 the table of whose certificate may call what', () => {
  it('fails without the line of a method, and names the file of messages', async () => {
    const found = await problems(routeLines, methodLines.slice(1));
    expect(found).toEqual([expect.stringContaining(`bank.x.v1.XService/GetX stands in no line of ${methods}`)]);
    expect(found[0]).toContain('rpc-messages.ts');
  });

  it('fails with a line of a method that is declared nowhere, or served by others', async () => {
    const others = ['auth     bank.x.v1.XService/Gone   device  -', 'auth     bank.y.v1.YService/GetY   device  -'];
    expect(await problems(routeLines, [...methodLines, ...others])).toEqual([
      `${methods}:5  bank.x.v1.XService/Gone is in no .proto file of ours: take the line away`,
      `${methods}:6  bank.y.v1.YService/GetY is in no .proto file of ours: take the line away`,
    ]);
  });
});

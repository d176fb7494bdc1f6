/** How it is known that a command which a page shows does what it says. */
export type Proof =
  /** A step of `pnpm verify` or `pnpm verify:full` runs the same. */
  | { readonly step: string }
  /** A test or a workflow does; the file says these words. */
  | { readonly test: string; readonly says: string }
  /** It is run as it stands, or as `as` where the page has a place to fill in: on a copy of the repository. */
  | { readonly run: 'on a copy'; readonly as?: string }
  /** The same, with a stack of its own running, by a step of `pnpm verify:full`, in this order. It ends with 0, or says all of these words. */
  | { readonly run: 'on a stack'; readonly as?: string; readonly says?: readonly string[] }
  /** One that goes on is started on that copy by the same step, without a stack, and stopped once it has said all of these words and its apps are ready. */
  | { readonly run: 'until ready'; readonly as?: string; readonly says: readonly string[] };

const onCopy = (as?: string): Proof => ({ run: 'on a copy', ...(as !== undefined && { as }) });
const onStack = (as?: string): Proof => ({ run: 'on a stack', ...(as !== undefined && { as }) });

const callGetUser =
  'node_modules/.bin/buf curl --schema proto --protocol connect --cacert .stack/tls/ca.pem --cert .stack/tls/tools.pem' +
  ` --key .stack/tls/tools.key -d '{"userId":"…"}' https://localhost:4201/bank.user.v1.UserService/GetUser`;

/** Every command in README.md and docs/development, as it is written there without its comment. */
export const shownCommands: Readonly<Record<string, Proof>> = {
  // The launcher itself, here and below: what brings it there is what CI begins with.
  'npm start': onStack('node scripts/start.ts'),
  'pnpm stack status': onStack(),
  'pnpm stack logs <name>': onStack('pnpm stack logs auth'),
  'pnpm stack logs <name> [-f]': onStack('pnpm stack logs gateway'),
  'pnpm db migrate|status|check [app]': onStack('pnpm db status'),
  'pnpm db migrate': onStack(),
  'pnpm db status': onStack(),
  'pnpm db check': onStack(),
  'pnpm ops admin create': onStack('pnpm ops admin create --email ada@bank.example'),
  'pnpm ops admin create --email grace@bank.example': onStack(),
  'npm run tour': onStack(),
  'pnpm tour': onStack(),
  'pnpm ops audit verify': onStack(),
  'pnpm ops dlq list|replay|discard': onStack('pnpm ops dlq list'),
  [callGetUser]: { run: 'on a stack', says: ['"code"'] },
  'pnpm format': onStack(),
  // To its end; the copy is no clean checkout, so what the steps find there is told by others.
  'pnpm verify:static': { run: 'on a stack', says: ['Step results'] },
  'pnpm db create <app> <name>': onStack('pnpm db create device nothing-new'),
  'pnpm db create mfa <name> src/factor-types/<kind>/storage': onStack(
    'pnpm db create mfa nothing-new src/factor-types/totp/storage',
  ),
  'pnpm stack stop': onStack(),
  'pnpm stack reset': onStack(),
  // Both are the same once pnpm is there.
  'npm test': { test: '.github/workflows/ci.yml', says: 'run: npm test -- $FLAGS' },
  'pnpm verify': { test: '.github/workflows/ci.yml', says: 'run: npm test -- $FLAGS' },
  'pnpm verify --coverage': { test: '.github/workflows/ci.yml', says: 'flags: --coverage' },
  'pnpm verify:pgbouncer': { step: 'integration tests by way of PgBouncer' },
  'pnpm verify:full': { test: '.github/workflows/full.yml', says: 'npm test -- --full' },
  'pnpm coverage raise': onCopy(),
  'pnpm test:stores': { run: 'until ready', as: 'node scripts/test-stores.ts', says: ['the stores are ready'] },
  'pnpm --filter @bank/device test test/devices.test.ts': { step: 'unit and integration tests' },
  'npx --yes pnpm@<version of package.json> install --frozen-lockfile': {
    test: '.github/workflows/ci.yml',
    says: 'run: npx --yes pnpm@12.21.0 install --frozen-lockfile',
  },
  'pnpm dev': { run: 'until ready', as: 'node scripts/dev.ts', says: ['The services are ready; the apps are next'] },
  'STACK_REPLICAS=2 npm start': {
    run: 'until ready',
    as: 'STACK_REPLICAS=2 node scripts/start.ts',
    says: ['replica 2', 'Everything is ready'],
  },
  'STACK_POOLER=1 npm start': {
    run: 'until ready',
    as: 'STACK_POOLER=1 node scripts/start.ts',
    says: ['pgbouncer is ready', 'Everything is ready'],
  },
  'pnpm bench [--case <name>]': { step: 'soak: start, idle memory, and memory after 100,000 requests' },
  'pnpm release <version>': { test: 'scripts/contracts/release-command.test.ts', says: 'scripts/release.ts' },
  'pnpm verify:previous-release': { step: 'the tests of the last release on the tables of this tree' },
  'pnpm verify:previous-release [app …]': { step: 'the tests of the last release on the tables of this tree' },
  'pnpm stack containers': onCopy(),
  'pnpm --filter @bank/device test': { step: 'unit and integration tests' },
  'pnpm chaos [--fault <name>]': { step: 'chaos: RabbitMQ away for ten seconds' },
  'pnpm build': { step: 'bundles' },
  'pnpm typecheck': { step: 'types' },
  'pnpm codegen': { step: 'generated code and documents' },
  'pnpm check compatibility': { step: 'no breaking change' },
  'pnpm knip': { step: 'unused code and dependencies' },
  'pnpm boundaries': { step: 'import rules' },
  'pnpm secrets': { step: 'secrets' },
  'pnpm lint': { step: 'format and lint' },
  'buf lint': { step: 'proto lint' },
  'buf format --write': onCopy(),
  'pnpm check coverage-floors': onCopy(),
  'pnpm check <name>': { step: 'workflows' },
  'pnpm check access-table settings topology': { step: 'every event goes somewhere' },
  'pnpm check access-table': { step: 'each route says who may, by hand' },
  'pnpm check settings': { step: 'settings are known and described' },
  'pnpm check topology': { step: 'every event goes somewhere' },
  'pnpm check docs': { step: 'links and commands of documents' },
  'pnpm check file-sizes names machine-text': { step: 'files and names' },
  'pnpm check transactions': { step: 'transactions say who and what' },
  'pnpm check workflows': { step: 'workflows' },
  'pnpm check migrations': { step: 'migrations hurt nobody' },
};

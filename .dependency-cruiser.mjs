// The import table of the architecture, as failing rules. `turbo boundaries` checks it by package tag, and so lets a lib import any
// other; which one may, and what else a tag cannot say, stands here: node:* in core, single drivers, layers inside an app, cycles between files, test code.

/** A forbidden import: one sentence that says what to do instead. */
function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

const tests = String.raw`\.test\.ts$|/test/|/src/testing/|^packages/[^/]+/examples/|^packages/testing/|/vitest\.config\.ts$`;
const packagesOf = (...names) => `^packages/(${names.join('|')})/src/`;
const npm = (...names) => `node_modules/(${names.join('|')})/`;
const libs = packagesOf('security', 'observability', 'verifier', 'notifications', 'outbound', 'ledger');
const infra = packagesOf('database', 'messaging', 'redis');
const source = { pathNot: tests };

const packageRules = [
  forbid(
    'core-is-pure',
    'domain imports only itself, valibot and libphonenumber-js: no node:*, no framework, no driver.',
    { path: packagesOf('domain'), ...source },
    { pathNot: [packagesOf('domain'), npm('valibot', 'libphonenumber-js')] },
  ),
  forbid(
    'contract-is-generated-code',
    'proto imports only itself and the protobuf runtime.',
    { path: packagesOf('proto'), ...source },
    { pathNot: [packagesOf('proto'), npm('@bufbuild/protobuf', '@connectrpc/connect')] },
  ),
  forbid(
    'lib-stands-on-core',
    'A lib imports core and contract, no infra, kit, app or other lib; only verifier also imports security, and notifications outbound.',
    { path: packagesOf('security', 'observability', 'outbound', 'ledger'), ...source },
    { path: '^(packages|apps)/', pathNot: [packagesOf('domain', 'proto'), '^packages/$1/'] },
  ),
  forbid(
    'carriers-stand-on-core-and-outbound',
    'notifications imports core, contract and outbound, by which its carriers are called.',
    { path: packagesOf('notifications'), ...source },
    { path: '^(packages|apps)/', pathNot: packagesOf('domain', 'proto', 'outbound', 'notifications') },
  ),
  forbid(
    'verifier-stands-on-core-and-security',
    'verifier imports core, contract and security: it is usable outside this repository.',
    { path: packagesOf('verifier'), ...source },
    { path: '^(packages|apps)/', pathNot: packagesOf('domain', 'proto', 'security', 'verifier') },
  ),
  forbid(
    'infra-knows-no-neighbour',
    'An infra package imports core, contract and libs; another infra package comes to it as a port that the app wires.',
    { path: infra, ...source },
    { path: '^(packages|apps)/', pathNot: [packagesOf('domain', 'proto'), libs, '^packages/$1/'] },
  ),
  forbid(
    'kit-reaches-storage-through-ports',
    'service-kit imports core, contract and libs; what needs storage comes to it as a port.',
    { path: packagesOf('service-kit'), ...source },
    { path: '^(packages|apps)/', pathNot: [packagesOf('domain', 'proto', 'service-kit'), libs] },
  ),
  forbid(
    'composition-serves-apps',
    'composition puts an app together (ADR 7): apps and tools import it, a package never does.',
    { path: '^packages/', pathNot: '^packages/composition/' },
    { path: packagesOf('composition') },
  ),
  forbid(
    'testing-stands-on-core',
    'The harness imports core, contract and the drivers; migrations are handed in.',
    { path: '^packages/testing/' },
    { path: '^(packages|apps)/', pathNot: ['^packages/testing/', packagesOf('domain', 'proto')] },
  ),
  forbid(
    'testing-from-tests-alone',
    'The harness is imported from tests, never from code that ships.',
    { path: '^(apps|packages)/[^/]+/src/', ...source },
    { path: '^packages/testing/' },
  ),
  forbid(
    'no-app-from-outside',
    'An app is a process: another app, a package or a tool reaches it over its ports.',
    { path: '^(apps|packages|infra|test|scripts|bench|chaos)/([^/]+)/' },
    { path: '^apps/', pathNot: '^$1/$2/' },
  ),
  forbid(
    'no-test-code-in-source',
    'Code that ships does not import tests.',
    { path: '^(apps|packages|infra/sandbox)/', ...source },
    { path: String.raw`\.test\.ts$|^(apps|packages)/[^/]+/(test|src/testing)/` },
  ),
];

/** A driver has one owner, so that it can be replaced and its traps are handled once. */
function driver(name, owner, modules) {
  return forbid(
    `driver-${name}`,
    `${modules.join(', ')}: only ${owner} and tests import it.`,
    { pathNot: [owner, tests, '^(scripts|test|bench|chaos)/'] },
    { path: npm(...modules) },
  );
}

const driverRules = [
  driver(
    'postgres',
    '^packages/(database|composition)/|^apps/[^/]+/(src/storage|src/factor-types/[^/]+/storage|migrations)/',
    ['@mikro-orm/[^/]+', 'pg'],
  ),
  driver('redis', '^packages/redis/', ['ioredis', 'rate-limiter-flexible']),
  driver('rabbitmq', '^packages/messaging/', ['amqplib', 'rascal']),
  driver('oslo', '^packages/security/', ['oslo', '@node-rs/argon2']),
  driver('images', '^apps/profile/src/adapters/content/', ['sharp']),
  driver('mail', '^packages/notifications/', ['nodemailer']),
  driver('logger', '^packages/observability/', ['pino', 'prom-client', '@sentry/node']),
];

// A kind of factors is a folder of an app in the shape of an app (ADR 36): storage and transport are folders of it, features the rest.
const ofKind = (layer) => `^apps/([^/]+)/src/factor-types/[^/]+/${layer}/`;
const inApp = (layer) => [`^apps/([^/]+)/src/${layer}/`, ofKind(layer)];
const features = [...inApp('features'), '^apps/([^/]+)/src/factor-types/(?![^/]+/(storage|transport)/)'];

const layerRules = [
  forbid(
    'features-know-no-transport',
    'A feature takes plain input and returns plain output: no Hono, no Connect, no proto, no transport.',
    { path: features, ...source },
    {
      path: [
        ...inApp('transport'),
        '^packages/proto/',
        npm('hono', '@hono/[^/]+', '@connectrpc/[^/]+', '@bufbuild/[^/]+'),
      ],
    },
  ),
  forbid(
    'transport-calls-features',
    'A transport converts, calls a feature, converts. It never touches storage or an adapter.',
    { path: inApp('transport'), ...source },
    { path: [...inApp('storage'), ...inApp('adapters'), npm('@mikro-orm/[^/]+')] },
  ),
  forbid(
    'requests-open-no-transaction',
    'HTTP and RPC transports leave the database to features; only a consumer takes its inbox row (`once`).',
    { path: [...inApp('transport/(http|rpc)'), ofKind('transport')], ...source },
    { path: '^packages/(database|redis)/' },
  ),
  forbid(
    'storage-is-the-bottom',
    'Storage knows rows: no feature, transport or adapter.',
    { path: inApp('storage'), ...source },
    { path: [...features, ...inApp('transport'), ...inApp('adapters')] },
  ),
  forbid(
    'adapters-stand-alone',
    'An adapter talks to the world outside and knows nothing of features, transport or storage.',
    { path: inApp('adapters'), ...source },
    { path: [...features, ...inApp('transport'), ...inApp('storage')] },
  ),
  forbid(
    'jobs-are-called-by-the-service',
    'A job calls features at its own pace, and is started by service.ts: nothing below imports it.',
    { path: [...features, ...inApp('(transport|storage|adapters)')], ...source },
    { path: inApp('jobs') },
  ),
  forbid(
    'jobs-are-no-transport',
    'A job answers nobody: what it shares with a transport is a feature.',
    { path: inApp('jobs'), ...source },
    { path: [...inApp('transport'), npm('hono', '@hono/[^/]+', '@connectrpc/[^/]+')] },
  ),
  forbid(
    'main-is-the-top',
    'main.ts and service.ts start an app; nothing imports them.',
    { path: '^apps/[^/]+/src/', pathNot: [tests, '^apps/[^/]+/src/(main|service)\\.ts$'] },
    { path: '^apps/[^/]+/src/(main|service)\\.ts$' },
  ),
];

const generalRules = [
  forbid('no-cycle', 'Two files that need each other are one thing or want a third.', {}, { circular: true }),
  forbid('resolvable', 'Every import leads somewhere.', {}, { couldNotResolve: true }),
  forbid(
    'declared',
    'A package is imported only where the nearest package.json names it.',
    { pathNot: '^(node_modules|\\.dependency-cruiser)' },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  forbid(
    'no-dev-dependency-in-source',
    'Code that ships imports dependencies, not devDependencies.',
    { path: '^(apps|packages)/[^/]+/src/', pathNot: [tests, '^packages/(testing|verifier)/'] },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'published-package-takes-in-our-own',
    'verifier is published: of its devDependencies it imports only our packages, of which its build takes in what it needs.',
    { path: packagesOf('verifier'), ...source },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: packagesOf('domain', 'security') },
  ),
];

export default {
  forbidden: [...generalRules, ...packageRules, ...driverRules, ...layerRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(apps|packages|infra|test)/[^/]+/(dist|coverage|test-results)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};

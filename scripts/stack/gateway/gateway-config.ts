import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Audience, audiences } from '@bank/domain';
import { publicRoutes, type RouteRow, staffRoutes } from '#stack/gateway/routes.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

const SOURCES = join(repositoryFolder, 'infra', 'gateway');
const INCLUDED = [
  'server.conf',
  'proxy.conf',
  'problems.conf',
  'problem-headers.conf',
  'docs.conf',
  'guarded.conf',
  'guard-question.conf',
  'guard-maps.conf',
  'guard-problems.conf',
  'uploads.conf',
];

/** The question of uploads.conf, at an address that no service's name makes. */
const uploadQuestion =
  '    location = /.guard/file_link { include guard-question.conf; proxy_pass http://profile/authorize-upload; }';

/**
 * A service of the platform behind the gateway, whose requests auth decides about (`GET /authorize`): at the public listener for
 * customers, at that of staff for staff, whose tokens are good nowhere else (SR-72).
 */
export interface GuardedService {
  /** Lower case with dashes; names its upstream. */
  readonly name: string;
  /** The first segments of its paths, such as `/v1/payments`. */
  readonly path: string;
  /** `host:port` of each replica. */
  readonly addresses: readonly string[];
  /** What auth is asked for: an audience of ours, and where wanted `acr`, `maxAge` and `permission`. */
  readonly demands: Readonly<{ audience: Audience; acr?: string; maxAge?: string; permission?: string }>;
}

export interface GatewayOptions {
  /** A folder of nginx's own: its temporary files, its access log and the rendered configuration. */
  readonly folder: string;
  readonly publicListen: string;
  readonly staffListen: string;
  /** `host:port` of each replica. */
  readonly upstreams: Readonly<Record<AppName, readonly string[]>>;
  /** A number, or `auto` for one per core. */
  readonly workers: string;
  /** Networks of proxies in front whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** Pages that may read what the gateway itself answers: `WEB_ORIGINS` and `STAFF_ORIGINS` of the apps. None unless given. */
  readonly origins?: readonly string[];
  /** None unless given. */
  readonly guarded?: readonly GuardedService[];
  /** A folder of static pages for `/docs/`; without it there is no such address. */
  readonly docsFolder?: string;
}

/** The text of the main configuration file. The included files must lie beside it (`copyGatewayIncludes`). */
export function renderGatewayConfig(options: GatewayOptions): string {
  const docs = options.docsFolder === undefined ? [] : [docsLocation(options.docsFolder)];
  const guarded = options.guarded ?? [];
  const isOfCustomers = ({ demands }: GuardedService) => demands.audience === audiences.customers;
  const ofCustomers = guarded.filter(isOfCustomers);
  const ofStaff = guarded.filter((service) => !isOfCustomers(service));
  const guardedUpstreams = guarded.map(({ name, addresses }): [string, readonly string[]] => [name, addresses]);
  const values: Record<string, string> = {
    folder: options.folder,
    workers: options.workers,
    publicListen: options.publicListen,
    staffListen: options.staffListen,
    trustedProxies: trustedProxyLines(options.trustedProxies ?? []),
    origins: [...new Set(options.origins)].map((origin) => `    "${origin}" "${origin}";`).join('\n'),
    guardMaps: guarded.length === 0 ? '' : '  include guard-maps.conf;',
    upstreams: [...Object.entries(options.upstreams), ...guardedUpstreams].map(upstreamBlock).join('\n'),
    publicRoutes: [...publicRoutes.map(routeBlock), uploadQuestion, ...guardBlocks(ofCustomers), ...docs].join('\n'),
    staffRoutes: [...staffRoutes.map(routeBlock), ...guardBlocks(ofStaff)].join('\n'),
  };
  return readFileSync(join(SOURCES, 'nginx.conf.template'), 'utf8').replace(/\{\{(\w+)\}\}/g, (place, name: string) => {
    return values[name] ?? place;
  });
}

/** Puts the included files beside the main one. */
export function copyGatewayIncludes(folder: string): void {
  for (const file of INCLUDED) {
    copyFileSync(join(SOURCES, file), join(folder, file));
  }
}

function upstreamBlock([app, addresses]: [app: string, addresses: readonly string[]]): string {
  // A replica is never set aside for its failures: with few of them that would leave none.
  const servers = addresses.map((address) => `    server ${address} max_fails=0;`);
  // Shorter than an app drains: a connection that nobody used while its app said `Connection: close` is closed by the gateway, never
  // by the app in the moment in which a POST is sent over it.
  return [`  upstream ${app} {`, ...servers, '    keepalive 64;', '    keepalive_timeout 500ms;', '  }'].join('\n');
}

function routeBlock([pattern, app, settings = '']: RouteRow): string {
  return `    location ~ ${pattern} { ${settings} set $upstream_name ${app}; include proxy.conf; proxy_pass http://${app}; }`;
}

/** For each guarded service its route, and the question that decides about it; a client reaches the question by no address. */
function guardBlocks(guarded: readonly GuardedService[]): string[] {
  if (guarded.length === 0) return [];
  const locations = guarded.flatMap(({ name, path, demands }) => {
    const question = `/.guard/${name}`;
    const route = `auth_request ${question}; include guarded.conf; set $upstream_name ${name}; include proxy.conf;`;
    return [
      `    location ~ ^${path.replaceAll('.', '\\.')}(/|$) { ${route} proxy_pass http://${name}; }`,
      `    location = ${question} { if ($guard_preflight) { return 204; } include guard-question.conf; proxy_pass http://auth/authorize?${new URLSearchParams(demands)}; }`,
    ];
  });
  return ['    include guard-problems.conf;', ...locations];
}

function docsLocation(folder: string): string {
  return `    location /docs/ { alias ${folder}/; include docs.conf; }\n    location = /docs { return 308 /docs/; }`;
}

function trustedProxyLines(networks: readonly string[]): string {
  if (networks.length === 0) {
    return '';
  }
  const trusted = networks.map((network) => `  set_real_ip_from ${network};`);
  return [...trusted, '  real_ip_header X-Forwarded-For;', '  real_ip_recursive on;'].join('\n');
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appNames, type Stack } from '@bank/scripts/stack';
import type { DescService } from '@bufbuild/protobuf';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { 'x-access': { by: string } }>>>>;
}

export interface ServedRoute {
  readonly route: string;
  /** What the route says of itself: `public`, `user` or `permission`. */
  readonly by: string;
}

/** Every route that the running apps say they serve. */
export async function servedRoutes(stack: Stack): Promise<ServedRoute[]> {
  const documents = await Promise.all(
    appNames.map(async (app) => {
      const response = await fetch(`${stack.addresses.apps[app].http}/openapi.json`);
      return (await response.json()) as Document;
    }),
  );
  return documents.flatMap(({ paths }) =>
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => {
        return { route: `${method.toUpperCase()} ${path}`, by: operation['x-access'].by };
      }),
    ),
  );
}

/** Services of the platform, which ours call and none of ours serves; and health, which every certificate may ask. */
const elsewhere: ReadonlySet<string> = new Set([
  'bank.audit.v1.AuditService',
  'bank.kyc.v1.KycService',
  'bank.notification.v1.NotificationService',
  'grpc.health.v1.Health',
]);

export interface OwnMethod {
  /** `bank.user.v1.UserService/GetUser` */
  readonly method: string;
  readonly streams: boolean;
}

/** Every method of every service in @bank/proto that is ours to serve. */
export async function ownMethods(): Promise<OwnMethod[]> {
  return (await ownServices()).flatMap(({ typeName, methods }) =>
    methods.map(({ name, methodKind }) => {
      return { method: `${typeName}/${name}`, streams: methodKind !== 'unary' };
    }),
  );
}

/** The descriptors of those services. */
export async function ownServices(): Promise<DescService[]> {
  const services = new Map((await servicesOfProto()).map((service) => [service.typeName, service]));
  return [...services.values()].filter(({ typeName }) => !elsewhere.has(typeName));
}

/** Found by the exports of the package, so that a service that joins is not overlooked. */
async function servicesOfProto(): Promise<DescService[]> {
  const folder = dirname(dirname(createRequire(import.meta.url).resolve('@bank/proto')));
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, string>;
  };
  const modules = await Promise.all(
    Object.values(exports).map((file) => import(pathToFileURL(join(folder, file)).href) as Promise<object>),
  );
  return modules.flatMap((module) => Object.values(module).filter(isService));
}

function isService(value: unknown): value is DescService {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'service';
}

import type { RouteDescription } from '#http/contract/route.ts';
import { headerComponents, problemSchema } from '#openapi/components.ts';
import { operationOf } from '#openapi/operation.ts';
import type { JsonSchema, Operation, ResponseHeader } from '#openapi/types.ts';

/** As much of OpenAPI 3.1 as is written here. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly headers: Readonly<Record<string, ResponseHeader>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'An access token (`typ: at+jwt`), five minutes long.',
};

const dpop = {
  type: 'http',
  scheme: 'DPoP',
  bearerFormat: 'JWT',
  description: 'An access token that is bound to a key, with a proof of possession in the header `DPoP` (RFC 9449).',
};

/**
 * The OpenAPI 3.1 document of an inventory of routes, of one app or of several together. The same routes give the same
 * document, in the same order, whatever order they come in.
 */
export function openApiDocument(options: {
  readonly title: string;
  readonly version: string;
  readonly routes: readonly RouteDescription[];
}): OpenApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of [...options.routes].sort(byPathAndMethod)) {
    const path = route.path.replace(/:([A-Za-z0-9]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  const tags = [...new Set(options.routes.map(({ tag }) => tag))].sort();
  return {
    openapi: '3.1.0',
    info: {
      title: options.title,
      version: options.version,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    tags: tags.map((name) => ({ name })),
    paths,
    components: { schemas: { Problem: problemSchema }, headers: headerComponents, securitySchemes: { bearer, dpop } },
  };
}

function byPathAndMethod(a: RouteDescription, b: RouteDescription): number {
  const [left, right] = [`${a.path} ${a.method}`, `${b.path} ${b.method}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

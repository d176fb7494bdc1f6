import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '@bank/domain';
import { errorCatalogue } from '@bank/domain';
import { statusOfKind } from '#http/answer/status.ts';
import { impliedErrors } from '#http/contract/implied-errors.ts';
import { isBodyOptional } from '#http/contract/optional-body.ts';
import { isAboutProofInBody } from '#http/contract/proof-in-body.ts';
import type { RouteDescription } from '#http/contract/route.ts';
import { acceptedTypes, producedTypes } from '#http/input/media-type.ts';
import { headerReferences } from '#openapi/components.ts';
import { jsonSchemaOf } from '#openapi/json-schema.ts';
import type { JsonSchema, Operation, OperationAccess, OperationResponse, Parameter } from '#openapi/types.ts';

/** The OpenAPI operation of a route: its own words, and what its guards add. */
export function operationOf(route: RouteDescription): Operation {
  const parameters = parametersOf(route);
  const description = descriptionOf(route);
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(description === '' ? {} : { description }),
    tags: [route.tag],
    'x-access': accessOf(route),
    security: route.access === 'public' ? [] : [{ bearer: [] }, { dpop: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: !isBodyOptional(route), content: contentOf(route) } }),
    responses: { ...successes(route), ...problems(route) },
  };
}

/** `GET /v1/auth/sessions/:id` is `getAuthSessionsId`. */
function operationId({ method, path }: RouteDescription): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && !/^v\d+$/.test(word));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function accessOf({ access, audiences, stepUp }: RouteDescription): OperationAccess {
  const kind = typeof access === 'object' ? { by: 'permission', permission: access.permission } : { by: access };
  return { ...kind, ...(audiences && { audiences }), ...(stepUp && { stepUp }) } as OperationAccess;
}

function descriptionOf({ access, description, errors, limits, stepUp }: RouteDescription): string {
  const sentences = description === undefined ? [] : [description];
  if (typeof access === 'object') {
    sentences.push(`Needs the permission \`${access.permission}\`.`);
  }
  if (stepUp !== undefined) {
    sentences.push(`Needs an authentication at \`${stepUp.acr}\` at most ${stepUp.maxAgeSeconds} seconds old.`);
  }
  if (access !== 'public' && errors.some(isAboutProofInBody)) {
    sentences.push(refreshAdvice);
  }
  for (const { name, points, windowSeconds, by } of limits ?? []) {
    const whose = typeof by === 'string' ? `per ${by}` : 'per target';
    sentences.push(`Limit \`${name}\`: ${points} in ${windowSeconds} seconds ${whose}.`);
  }
  return sentences.join(' ');
}

const refreshAdvice =
  'Refresh the token for `auth.token.invalid` alone: a 401 without `WWW-Authenticate` is about the body, and the same again is another failed try.';

function parametersOf(route: RouteDescription): Parameter[] {
  const names = [...route.path.matchAll(/:([A-Za-z0-9]+)/g)].map(([, name = '']) => name);
  const declared = route.params === undefined ? {} : propertiesOf(jsonSchemaOf(route.params, 'input'));
  const parameters: Parameter[] = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: declared[name] ?? { type: 'string' },
  }));
  if (route.query !== undefined) {
    parameters.push(...queryParameters(jsonSchemaOf(route.query, 'input')));
  }
  if (route.idempotent) {
    parameters.push(headerParameter('Idempotency-Key', false, 'Makes a repetition harmless for 24 hours.'));
  }
  if (route.proof !== undefined) {
    parameters.push(headerParameter('DPoP', false, proofDescriptions[route.proof]));
  }
  if (route.ifMatch !== undefined) {
    parameters.push(headerParameter('If-Match', true, 'The ETag of the version that is meant.'));
  }
  return parameters;
}

const proofDescriptions = {
  accepted: 'A proof of possession: the tokens are bound to its key (RFC 9449).',
  examined: 'The proof of possession beside a key-bound token (RFC 9449).',
} satisfies Record<NonNullable<RouteDescription['proof']>, string>;

function queryParameters(schema: JsonSchema): Parameter[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(propertiesOf(schema)).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: property,
  }));
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function headerParameter(name: string, required: boolean, description: string): Parameter {
  return { name, in: 'header', required, description, schema: { type: 'string' } };
}

function contentOf(route: RouteDescription) {
  const schema = route.body === undefined ? {} : jsonSchemaOf(route.body, 'input');
  return contentIn(acceptedTypes(route), schema);
}

function contentIn(mediaTypes: readonly string[], schema: JsonSchema) {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }]));
}

function successes(route: RouteDescription): Record<string, OperationResponse> {
  const headers = ['X-Request-Id'];
  if (route.etag) {
    headers.push('ETag');
  }
  if (route.limits !== undefined && route.limits.length > 0) {
    headers.push('RateLimit', 'RateLimit-Policy');
  }
  const answers = Object.entries(route.responses).map(([status, schema]) => [
    status,
    {
      description: STATUS_CODES[status] ?? 'Success',
      headers: headerReferences(headers),
      ...(schema === null ? {} : { content: contentIn(producedTypes(route), jsonSchemaOf(schema, 'output')) }),
    },
  ]);
  return Object.fromEntries(answers) as Record<string, OperationResponse>;
}

/** One response a status, with every code that it may carry. */
function problems(route: RouteDescription): Record<string, OperationResponse> {
  const codesByStatus = new Map<number, Set<ErrorCode>>();
  for (const code of [...impliedErrors(route), ...route.errors]) {
    const status = statusOfKind[errorCatalogue[code].kind];
    codesByStatus.set(status, (codesByStatus.get(status) ?? new Set()).add(code));
  }
  const answers = [...codesByStatus].map(([status, codes]) => [String(status), problemResponse(status, [...codes])]);
  return Object.fromEntries(answers) as Record<string, OperationResponse>;
}

const headersOfStatus: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate', 'DPoP-Nonce'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After'],
};

function problemResponse(status: number, codes: readonly ErrorCode[]): OperationResponse {
  const problem = { $ref: '#/components/schemas/Problem' };
  const challenge = codes.includes('auth.step_up.required') ? ['WWW-Authenticate'] : [];
  return {
    description: STATUS_CODES[status] ?? 'Problem',
    headers: headerReferences(['X-Request-Id', ...challenge, ...(headersOfStatus[status] ?? [])]),
    content: {
      'application/problem+json': {
        schema: { allOf: [problem, { properties: { code: { enum: [...codes].sort() } } }] },
      },
    },
  };
}

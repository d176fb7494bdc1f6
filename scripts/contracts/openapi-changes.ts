import { asList, asObject, isObject, type UnknownObject } from '#contracts/json.ts';
import { type BreakingChange, type Direction, schemaChanges } from '#contracts/schema-changes.ts';

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** One operation in both documents. */
interface OperationPair {
  readonly name: string;
  readonly before: UnknownObject;
  readonly after: UnknownObject;
  readonly documents: { readonly before: UnknownObject; readonly after: UnknownObject };
}

/**
 * What in an OpenAPI 3.1 document breaks a client written for the one before: something removed, newly required, narrowed in
 * a request or widened in an answer. New operations, optional fields, answers' new fields and new error statuses do not.
 */
export function openApiChanges(before: UnknownObject, after: UnknownObject): readonly BreakingChange[] {
  const [old, now] = [asObject(before['paths']), asObject(after['paths'])];
  return Object.keys(old).flatMap((path) => {
    if (!(path in now)) return [{ where: path, what: 'removed' }];
    return methods.flatMap((method) => {
      const operation = asObject(old[path])[method];
      if (!isObject(operation)) return [];
      const name = `${method.toUpperCase()} ${path}`;
      const successor = asObject(now[path])[method];
      if (!isObject(successor)) return [{ where: name, what: 'removed' }];
      return operationChanges({ name, before: operation, after: successor, documents: { before, after } });
    });
  });
}

function operationChanges(pair: OperationPair): readonly BreakingChange[] {
  return [
    ...parameterChanges(pair),
    ...requestBodyChanges(pair),
    ...responseChanges(pair),
    ...(isOpen(pair.before) && !isOpen(pair.after) ? [{ where: pair.name, what: 'now asks for credentials' }] : []),
  ];
}

/** Whether a client without credentials may call it. */
function isOpen(operation: UnknownObject): boolean {
  const security = operation['security'];
  return (
    Array.isArray(security) &&
    (security.length === 0 || security.some((entry) => Object.keys(asObject(entry)).length === 0))
  );
}

function parametersOf(operation: UnknownObject): ReadonlyMap<string, UnknownObject> {
  const parameters = asList(operation['parameters']).filter(isObject);
  return new Map(
    parameters.map((parameter) => [`${String(parameter['in'])} parameter ${String(parameter['name'])}`, parameter]),
  );
}

function parameterChanges({ name, before, after, documents }: OperationPair): readonly BreakingChange[] {
  const [old, now] = [parametersOf(before), parametersOf(after)];
  const kept = [...old].flatMap(([key, parameter]) => {
    const where = `${name} ${key}`;
    const successor = now.get(key);
    if (successor === undefined) return [{ where, what: 'removed' }];
    const schemas = { before: parameter['schema'], after: successor['schema'] };
    return schemaChanges({ where, direction: 'request', ...schemas, documents });
  });
  const demanded = [...now].filter(
    ([key, parameter]) => parameter['required'] === true && old.get(key)?.['required'] !== true,
  );
  return [...kept, ...demanded.map(([key]) => ({ where: `${name} ${key}`, what: 'is now required' }))];
}

function requestBodyChanges(pair: OperationPair): readonly BreakingChange[] {
  const where = `${pair.name} request body`;
  const [before, after] = [pair.before['requestBody'], pair.after['requestBody']];
  if (!isObject(after)) return isObject(before) ? [{ where, what: 'removed' }] : [];
  const demanded = after['required'] === true && asObject(before)['required'] !== true;
  return [
    ...(demanded ? [{ where, what: 'is now required' }] : []),
    ...contentChanges(pair, where, 'request', asObject(before), after),
  ];
}

function responseChanges(pair: OperationPair): readonly BreakingChange[] {
  const [old, now] = [asObject(pair.before['responses']), asObject(pair.after['responses'])];
  return Object.keys(old).flatMap((status) => {
    const where = `${pair.name} response ${status}`;
    const [before, after] = [old[status], now[status]];
    if (!isObject(after)) return [{ where, what: 'removed' }];
    const headers = Object.keys(asObject(asObject(before)['headers'])).filter(
      (key) => !(key in asObject(after['headers'])),
    );
    return [
      ...headers.map((header) => ({ where: `${where} header ${header}`, what: 'removed' })),
      ...contentChanges(pair, where, 'response', asObject(before), after),
    ];
  });
}

function contentChanges(
  { documents }: OperationPair,
  where: string,
  direction: Direction,
  before: UnknownObject,
  after: UnknownObject,
): readonly BreakingChange[] {
  const [old, now] = [asObject(before['content']), asObject(after['content'])];
  return Object.keys(old).flatMap((type) => {
    if (!(type in now)) return [{ where, what: `${type} removed` }];
    const schemas = { before: asObject(old[type])['schema'], after: asObject(now[type])['schema'] };
    return schemaChanges({ where, direction, ...schemas, documents });
  });
}

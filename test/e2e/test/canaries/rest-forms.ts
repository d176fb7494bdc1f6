import { uuidv7 } from '@bank/domain';
import type { Canaries, Form } from './fields.ts';

/** As much of JSON Schema as the documents of the apps use. */
export interface Schema extends Form {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: object;
}

/** One request with a canary in every field that takes one. */
export interface Planted {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: unknown;
}

const idPattern = /\[0-9a-f\]\{12\}/;

/** Every request that a document describes, each alternative of its form once, with canaries planted. */
export function plantedRequests(document: Document, canaries: Canaries): Planted[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      requestsOf(new Planting(document, canaries), path, method.toUpperCase(), operation),
    ),
  );
}

function requestsOf(planting: Planting, path: string, method: string, operation: Operation): Planted[] {
  const parameters = (operation.parameters ?? []).map((parameter) => planting.resolve<Parameter>(parameter));
  const valuesIn = (place: string) =>
    parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, schema }) => [name, String(planting.valuesOf(schema, name)[0])] as const);
  const query = new URLSearchParams(valuesIn('query').map(([name, value]) => [name, value]));
  const target = path.replace(/\{\w+\}/g, () => uuidv7()) + (query.size > 0 ? `?${query}` : '');
  const { DPoP, ...usual } = Object.fromEntries(valuesIn('header'));
  // A proof that is none keeps a request from everything behind it, so it is sent without one as well.
  const sets: Record<string, string>[] = DPoP === undefined ? [usual] : [usual, { ...usual, DPoP }];
  const [contentType = 'application/json', content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const bodies = content === undefined ? [undefined] : planting.valuesOf(content.schema, 'body');
  return bodies.flatMap((body) => sets.map((headers) => ({ method, path: target, headers, contentType, body })));
}

/** Fills forms. */
class Planting {
  readonly #document: Document;
  readonly #canaries: Canaries;

  constructor(document: Document, canaries: Canaries) {
    this.#document = document;
    this.#canaries = canaries;
  }

  /** Follows references within the document. */
  resolve<T extends { readonly $ref?: string }>(node: T): T {
    if (node.$ref === undefined) return node;
    const steps = node.$ref.replace(/^#\//, '').split('/');
    const found = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], this.#document);
    return this.resolve(found as T);
  }

  /** A value for each alternative of a form, every field of it filled. */
  valuesOf(unresolved: Schema, name: string): unknown[] {
    const schema = this.resolve(unresolved);
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives !== undefined) {
      const parts = alternatives.flatMap((one) => this.valuesOf(one, name));
      return schema.properties === undefined ? parts : this.#together([this.#object(schema), parts]);
    }
    if (schema.allOf !== undefined) return this.#together(schema.allOf.map((one) => this.valuesOf(one, name)));
    if (schema.properties !== undefined) return this.#object(schema);
    if (schema.items !== undefined) return this.valuesOf(schema.items, name).map((value) => [value]);
    return this.#leaf(schema, name);
  }

  #object({ properties = {} }: Schema): object[] {
    const fields = Object.entries(properties).map(([name, schema]) => [name, this.valuesOf(schema, name)] as const);
    const variants = Math.max(1, ...fields.map(([, values]) => values.length));
    return Array.from({ length: variants }, (_none, variant) =>
      Object.fromEntries(
        fields
          .filter(([, values]) => values.length > 0)
          .map(([name, values]) => [name, values[variant % values.length]]),
      ),
    );
  }

  #together(parts: readonly (readonly unknown[])[]): unknown[] {
    const variants = Math.max(...parts.map(({ length }) => length));
    return Array.from({ length: variants }, (_none, variant) =>
      Object.assign({}, ...parts.map((values) => values[variant % values.length])),
    );
  }

  #leaf(schema: Schema, name: string): unknown[] {
    if (schema.const !== undefined) return [schema.const];
    if (schema.enum !== undefined) return [schema.enum[0]];
    if (schema.type === 'null') return [];
    if (schema.type === 'boolean') return [true];
    if (schema.type === 'integer' || schema.type === 'number') return [schema.minimum ?? 1];
    if (schema.format === 'date-time') return [new Date().toISOString()];
    if (schema.pattern !== undefined && idPattern.test(schema.pattern)) return [uuidv7()];
    return [
      this.#canaries.for(
        name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
        schema,
      ),
    ];
  }
}

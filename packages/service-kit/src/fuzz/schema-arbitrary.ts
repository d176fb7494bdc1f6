import fc from 'fast-check';
import { type GenericSchema, safeParse } from 'valibot';

/** What all valibot schemas look like from outside; which of these a schema has depends on its `type`. */
interface SchemaNode {
  readonly type: string;
  readonly pipe?: readonly PipeItem[];
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly wrapped?: SchemaNode;
  readonly item?: SchemaNode;
  readonly key?: SchemaNode;
  readonly value?: SchemaNode;
  readonly items?: readonly SchemaNode[];
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
}

interface PipeItem {
  readonly kind?: string;
  readonly type: string;
  readonly requirement?: unknown;
}

/** Texts that usual fields take, tried against schemas whose own rules nobody can generate from. */
const usualTexts = [
  ...['ada@example.com', '+493012345678', '0198c5a2-7b1e-7c3d-9e4f-123456789abc', 'a long enough passphrase'],
  ...['2001-02-28', '2026-01-01T00:00:00Z', 'en', 'de-DE', 'DE', 'EUR', 'Europe/Berlin', '123456', 'web', '1', 'v1'],
];
const lengthMax = 40;
const optionalTypes = new Set(['optional', 'nullish', 'undefinedable', 'exact_optional']);

/**
 * Values that mostly satisfy a schema: a feature's own rules, which no schema can tell, are the reason why not all do.
 * Schemas of unknown kinds give any JSON.
 */
export function arbitraryOf(schema: GenericSchema): fc.Arbitrary<unknown> {
  return nodeArbitrary(schema as unknown as SchemaNode);
}

function nodeArbitrary(node: SchemaNode): fc.Arbitrary<unknown> {
  switch (node.type) {
    case 'string':
      return textArbitrary(node);
    case 'number':
      return numberArbitrary(node.pipe ?? []);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'literal':
      return fc.constant(node.literal);
    case 'picklist':
    case 'enum':
      return fc.constantFrom(...(node.options ?? []));
    case 'object':
    case 'strict_object':
    case 'loose_object':
      return objectArbitrary(node.entries ?? {});
    case 'nullable':
    case 'nullish':
      return fc.option(wrapped(node), { nil: null });
    case 'optional':
    case 'undefinedable':
    case 'exact_optional':
      return wrapped(node);
    default:
      return collectionArbitrary(node);
  }
}

function collectionArbitrary(node: SchemaNode): fc.Arbitrary<unknown> {
  switch (node.type) {
    case 'array':
      return fc.array(node.item === undefined ? fc.jsonValue() : nodeArbitrary(node.item), { maxLength: 5 });
    case 'tuple':
    case 'strict_tuple':
    case 'loose_tuple':
      return fc.tuple(...(node.items ?? []).map(nodeArbitrary));
    case 'record': {
      const key = node.key?.type === 'string' ? stringArbitrary(node.key.pipe ?? []) : fc.string();
      return fc.dictionary(key, node.value === undefined ? fc.jsonValue() : nodeArbitrary(node.value), { maxKeys: 5 });
    }
    case 'union':
    case 'variant':
      return fc.oneof(...(node.options ?? []).map((option) => nodeArbitrary(option as SchemaNode)));
    default:
      return fc.jsonValue();
  }
}

function wrapped(node: SchemaNode): fc.Arbitrary<unknown> {
  return node.wrapped === undefined ? fc.jsonValue() : nodeArbitrary(node.wrapped);
}

function objectArbitrary(entries: Readonly<Record<string, SchemaNode>>): fc.Arbitrary<unknown> {
  const arbitraries = Object.entries(entries).map(([name, node]) => [name, nodeArbitrary(node)] as const);
  const requiredKeys = Object.keys(entries).filter((name) => !optionalTypes.has(entries[name]?.type ?? ''));
  return fc.record(Object.fromEntries(arbitraries), { requiredKeys });
}

/** The actions of a pipe by name; a pipe starts with its own schema. */
function requirementOf(pipe: readonly PipeItem[], type: string): unknown {
  return pipe.find((item) => item.type === type)?.requirement;
}

/** Half of the texts are known to pass, if there are any that do. */
function textArbitrary(node: SchemaNode): fc.Arbitrary<string> {
  const made = stringArbitrary(node.pipe ?? []);
  const fitting = usualTexts.filter((text) => safeParse(node as unknown as GenericSchema, text).success);
  return fitting.length === 0 ? made : fc.oneof(fc.constantFrom(...fitting), made);
}

function stringArbitrary(pipe: readonly PipeItem[]): fc.Arbitrary<string> {
  const has = (type: string) => pipe.some((item) => item.type === type);
  const pattern = requirementOf(pipe, 'regex');
  if (has('email') || has('rfc_email')) {
    return fc.emailAddress();
  }
  if (has('uuid')) {
    return fc.uuid();
  }
  if (pattern instanceof RegExp) {
    return matching(pattern);
  }
  const minLength = Math.min(numberOf(requirementOf(pipe, 'min_length'), 0), lengthMax);
  const maxLength = Math.max(minLength, Math.min(numberOf(requirementOf(pipe, 'max_length'), lengthMax), lengthMax));
  return fc.string({ minLength, maxLength, unit: 'grapheme' });
}

/** Look-arounds and other rarities cannot be generated from; any text must do there. */
function matching(pattern: RegExp): fc.Arbitrary<string> {
  try {
    return fc.stringMatching(pattern, { size: 'small' });
  } catch {
    return fc.string();
  }
}

function numberArbitrary(pipe: readonly PipeItem[]): fc.Arbitrary<number> {
  const min = numberOf(requirementOf(pipe, 'min_value'), -1000);
  const max = Math.max(min, numberOf(requirementOf(pipe, 'max_value'), 1_000_000));
  const isInteger = pipe.some(({ type }) => type === 'integer' || type === 'safe_integer');
  return isInteger ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
}

function numberOf(requirement: unknown, otherwise: number): number {
  return typeof requirement === 'number' ? requirement : otherwise;
}

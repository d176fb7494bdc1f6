import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import type { JsonSchema } from '#openapi/types.ts';

/** What a client sends (`input`) or gets (`output`). Rules that JSON Schema cannot say are left out, never loosened. */
export function jsonSchemaOf(schema: GenericSchema, side: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: side,
    errorMode: 'ignore',
  });
  return rest;
}

import { create, type DescField, type DescMessage, type Message, ScalarType } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { canary } from '#fuzz/hostile.ts';

const depthMax = 3;

const hostileText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 50 }),
  fc.constantFrom(
    '',
    canary,
    `${canary}\0`,
    `' or '${canary}'='1`,
    canary.repeat(5000),
    '0198c5a2-7b1e-7c3d-9e4f-123456789abc',
  ),
);

/** What JSON can say in an object, as a message holds it. */
const struct = fc.dictionary(fc.oneof(hostileText, fc.constantFrom('__proto__', 'constructor')), fc.jsonValue(), {
  maxKeys: 5,
});

/** Messages of a type with any field set or missing, numbers at their limits and text that means harm. */
export function messageArbitrary(desc: DescMessage, depth = 0): fc.Arbitrary<Message> {
  const fields = depth > depthMax ? [] : desc.fields;
  const values = fields.map((field) => fc.option(fieldArbitrary(field, depth), { nil: undefined }));
  return fc.tuple(...values).map((made) => {
    const message = create(desc) as Message & Record<string, unknown>;
    fields.forEach((field, at) => {
      setField(message, field, made[at]);
    });
    return message;
  });
}

function setField(message: Record<string, unknown>, field: DescField, value: unknown): void {
  if (value === undefined) {
    return;
  }
  if (field.oneof === undefined) {
    message[field.localName] = value;
  } else {
    message[field.oneof.localName] = { case: field.localName, value };
  }
}

function fieldArbitrary(field: DescField, depth: number): fc.Arbitrary<unknown> {
  switch (field.fieldKind) {
    case 'scalar':
      return scalarArbitrary(field.scalar);
    case 'enum':
      return fc.oneof(fc.constantFrom(...field.enum.values.map(({ number }) => number)), fc.nat(10_000));
    case 'message':
      return field.message.typeName === 'google.protobuf.Struct' ? struct : messageArbitrary(field.message, depth + 1);
    case 'list':
      return fc.array(itemArbitrary(field, depth), { maxLength: 150 });
    default:
      return fc.dictionary(fc.string(), itemArbitrary(field, depth), { maxKeys: 5 });
  }
}

function itemArbitrary(field: DescField & { fieldKind: 'list' | 'map' }, depth: number): fc.Arbitrary<unknown> {
  const kind = field.fieldKind === 'list' ? field.listKind : field.mapKind;
  if (kind === 'message' && field.message !== undefined) {
    return messageArbitrary(field.message, depth + 1);
  }
  return kind === 'scalar' && field.scalar !== undefined ? scalarArbitrary(field.scalar) : fc.nat(100);
}

function scalarArbitrary(scalar: ScalarType): fc.Arbitrary<unknown> {
  switch (scalar) {
    case ScalarType.STRING:
      return hostileText;
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 200 });
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return fc.nat(2 ** 31 - 1);
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return fc.double();
    default:
      return fc.integer();
  }
}

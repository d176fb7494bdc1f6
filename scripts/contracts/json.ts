/** A JSON object whose values are not known. */
export type UnknownObject = Readonly<Record<string, unknown>>;

/** Whether the value is a JSON object. */
export function isObject(value: unknown): value is UnknownObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value, or an empty object where it is something else. */
export function asObject(value: unknown): UnknownObject {
  return isObject(value) ? value : {};
}

/** The value, or an empty list where it is something else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The strings of a list. */
export function asStrings(value: unknown): readonly string[] {
  return asList(value).filter((item) => typeof item === 'string');
}

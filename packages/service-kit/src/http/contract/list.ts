import * as v from 'valibot';

const limitDefault = 20;
const limitMax = 100;
const cursorLengthMax = 1024;

const limit = v.pipe(
  v.string('integer'),
  v.regex(/^[1-9]\d{0,2}$/, 'integer'),
  v.transform(Number),
  v.maxValue(limitMax, 'max_value'),
);

/**
 * The two parameters of every list, to spread into a query schema. `limit` becomes a number (1 to 100, default 20);
 * `cursor` stays opaque until the feature has it opened by its cursor codec.
 */
export const listQuery = {
  limit: v.optional(limit, String(limitDefault)),
  cursor: v.optional(
    v.pipe(v.string('cursor'), v.regex(/^[\w.~-]+$/, 'cursor'), v.maxLength(cursorLengthMax, 'cursor')),
  ),
} as const;

/**
 * The same two for a list that is always given whole, on one page: `limit` is taken and shortens nothing, and since its
 * `nextCursor` is always null, every `cursor` is of another list.
 */
export const wholeListQuery = {
  limit: v.optional(limit),
  cursor: v.optional(
    v.pipe(
      v.string('cursor'),
      v.check(() => false, 'cursor'),
    ),
  ),
} as const;

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand it back to go on; `null` on the last page. */
  readonly nextCursor: string | null;
}

/** The schema of a page, for a route's responses. */
export function pageSchema<const S extends v.GenericSchema>(item: S) {
  return v.strictObject({ items: v.array(item), nextCursor: v.nullable(v.string()) });
}

/** A page out of rows of which `limit + 1` were asked for; the one too many only tells that there is more. */
export function pageOf<T>(rows: readonly T[], limit: number, cursorAfter: (last: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorAfter(last) : null };
}

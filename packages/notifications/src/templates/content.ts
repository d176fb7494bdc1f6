/** A part of a message. Locales write parts, the renderer turns them into text and HTML and does all escaping. */
export type Part =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'link'; readonly label: string; readonly url: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] };

export interface Content {
  readonly subject: string;
  readonly parts: readonly Part[];
}

export function paragraph(text: string): Part {
  return { kind: 'paragraph', text };
}

/** Labelled values; those without a value are left out. */
export function facts(...rows: readonly (readonly [label: string, value: string | undefined])[]): Part {
  return {
    kind: 'facts',
    rows: rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const])),
  };
}

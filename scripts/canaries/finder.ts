/** A place where things are written down, and everything in it as text. */
export interface Sink {
  readonly name: string;
  readonly text: string;
}

/** A value in a place where it should not be. */
export interface Find {
  /** The name of the value; the value itself is not repeated. */
  readonly value: string;
  readonly form: string;
  readonly sink: string;
  /** What stands before it on its line. */
  readonly before: string;
  /** What it begins: the letters at that place, by which a canary tells which field it was planted in. */
  readonly found: string;
}

const shownBefore = 120;
const shownAfter = 40;
/** Shorter ones would be found by chance in any long text. */
const encodedLengthMin = 10;

/**
 * Where any of the values turn up, plain or in a form that a careless writer would give them: other case, hex, Base64 and
 * base64url at any offset, as in a URL, as in JSON and in JSON inside of JSON, as escapes, backwards. One find for each value
 * and line.
 */
export function findsOf(values: Readonly<Record<string, string>>, sinks: readonly Sink[]): Find[] {
  const wanted = Object.entries(values).flatMap(([value, text]) =>
    formsOf(text).map(([form, needle]) => ({ value, form, needle, isNumber: /^\d+$/.test(needle) })),
  );
  return sinks.flatMap((sink) => {
    const folded = sink.text.toLowerCase();
    return wanted.flatMap((one) => findsOfForm(one, sink, folded));
  });
}

/** A find in one line. */
export function describeFind({ value, form, sink, before, found }: Find): string {
  return `${value} (${form}) in ${sink}: ${before}»${found}«`;
}

interface Wanted {
  readonly value: string;
  readonly form: string;
  readonly needle: string;
  readonly isNumber: boolean;
}

function findsOfForm({ value, form, needle, isNumber }: Wanted, { name, text }: Sink, folded: string): Find[] {
  const finds: Find[] = [];
  let at = folded.indexOf(needle);
  while (at !== -1) {
    const end = at + needle.length;
    if (!isNumber || standsAlone(folded, at, end)) {
      const lineStart = folded.lastIndexOf('\n', at) + 1;
      const before = text.slice(Math.max(lineStart, at - shownBefore), at);
      const found = text.slice(at, Math.min(end, at + shownAfter) + (needle.length < shownAfter ? shownAfter / 2 : 0));
      finds.push({ value, form, sink: name, before, found: found.split('\n', 1)[0] ?? '' });
      const lineEnd = folded.indexOf('\n', at);
      if (lineEnd === -1) break;
      at = folded.indexOf(needle, lineEnd);
    } else {
      at = folded.indexOf(needle, end);
    }
  }
  return finds;
}

/** A short number stands by itself, or it would be found in every long one. */
function standsAlone(text: string, start: number, end: number): boolean {
  return !/[\w.+-]$|\d:$/.test(text.slice(Math.max(0, start - 2), start)) && !/[\w.+-]/.test(text.charAt(end));
}

function formsOf(value: string): [form: string, needle: string][] {
  const bytes = Buffer.from(value);
  const inJson = JSON.stringify(value).slice(1, -1);
  const forms: [string, string][] = [
    ['as it is', value],
    ['as in a URL', encodeURIComponent(value)],
    ['as JSON', inJson],
    ['as JSON in JSON', JSON.stringify(inJson).slice(1, -1)],
    ['in escapes', [...value].map((char) => `\\u${hexOf(char.charCodeAt(0), 4)}`).join('')],
    ...[
      ['in hex', bytes.toString('hex')],
      ['backwards', [...value].reverse().join('')],
      ...[0, 1, 2].flatMap((offset) => base64Of(bytes, offset)),
    ].filter(([, text = '']) => text.length >= encodedLengthMin),
  ] as [string, string][];
  const known = new Set<string>();
  return forms.flatMap(([form, text]) => {
    const needle = text.toLowerCase();
    if (known.has(needle)) return [];
    known.add(needle);
    return [[form, needle]];
  });
}

function hexOf(number: number, length: number): string {
  return number.toString(16).padStart(length, '0');
}

/** The characters that are the same whatever stands before and after, when so many bytes of a group of three come before. */
function base64Of(bytes: Buffer, offset: number): [string, string][] {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const begin = Math.ceil((offset * 8) / 6);
  const whole = text.slice(begin, Math.floor(((offset + bytes.length) * 8) / 6));
  const url = whole.replaceAll('+', '-').replaceAll('/', '_');
  return url === whole
    ? [['in Base64', whole]]
    : [
        ['in Base64', whole],
        ['in base64url', url],
      ];
}

/** A place where things are written down, and everything in it as text. */
export interface Sink {
  readonly name: string;
  readonly text: string;
}

/**
 * Where any of the values turn up, plain or in a form that a careless writer would give them: lower case, hex, Base64, as in
 * JSON, as in a URL. One line for each find, with what stands before it; the value itself is not repeated.
 */
export function findsOf(values: Readonly<Record<string, string>>, sinks: readonly Sink[]): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    sinks.flatMap((sink) => formsOf(value).flatMap((form) => findOf(name, form, sink))),
  );
}

function findOf(name: string, { form, pattern }: Form, sink: Sink): string[] {
  const at = sink.text.search(pattern);
  return at === -1 ? [] : [`${name} ${form} in ${sink.name}, after ${sink.text.slice(Math.max(0, at - 120), at)}`];
}

interface Form {
  readonly form: string;
  readonly pattern: RegExp;
}

function formsOf(value: string): Form[] {
  const bytes = Buffer.from(value);
  const forms: Record<string, string> = {
    'as it is': value,
    'in hex': bytes.toString('hex'),
    'in Base64': bytes.toString('base64').replace(/=+$/, ''),
    'as JSON': JSON.stringify(value).slice(1, -1),
    'as in a URL': encodeURIComponent(value),
  };
  const different = Object.entries(forms).filter(([form, text]) => form === 'as it is' || text !== value);
  return different.map(([form, text]) => ({ form, pattern: patternOf(text) }));
}

/** A short number stands by itself, or it would be found in every long one. */
function patternOf(text: string): RegExp {
  const literal = RegExp.escape(text);
  return /^\d+$/.test(text) ? new RegExp(`(?<![\\w.:+-])${literal}(?![\\w.+-])`) : new RegExp(literal, 'i');
}

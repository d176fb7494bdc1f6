/** What a template is told, by kind: how the value is checked, carried as text and shown. */
interface KindValues {
  /** A one-time code of digits. */
  code: string;
  /** A whole number, 0 and up. */
  count: number;
  /** An address of our own pages: https, or http on this machine in development. */
  url: string;
  time: Date;
  /** Words that a user or their device chose: a device's name, a place. Shown cleaned and short. */
  text: string;
}

export type ParameterKind = keyof KindValues;

export interface ParameterRule<K extends ParameterKind = ParameterKind, O extends boolean = boolean> {
  readonly kind: K;
  readonly optional: O;
}

export type ParameterRules = Readonly<Record<string, ParameterRule>>;

type RequiredNames<R extends ParameterRules> = { [N in keyof R]: R[N]['optional'] extends true ? never : N }[keyof R];

/** The type of a template's parameters, from its rules. */
export type ValuesOf<R extends ParameterRules> = {
  readonly [N in RequiredNames<R>]: KindValues[R[N]['kind']];
} & { readonly [N in Exclude<keyof R, RequiredNames<R>>]?: KindValues[R[N]['kind']] };

export function required<K extends ParameterKind>(kind: K): ParameterRule<K, false> {
  return { kind, optional: false };
}

export function optional<K extends ParameterKind>(kind: K): ParameterRule<K, true> {
  return { kind, optional: true };
}

/** A parameter that is missing, not declared, or not what its kind says. Holds the name, never the value. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly parameter: string;

  constructor(parameter: string, problem: 'missing' | 'unknown' | 'invalid') {
    super(`template parameter ${parameter} is ${problem}`);
    this.parameter = parameter;
  }
}

const textLengthMax = 60;
const urlLengthMax = 2000;
// Control, format (bidirectional overrides, zero width) and private characters, and those that build markup or links.
const unwanted = /[\p{C}\p{Zl}\p{Zp}<>"`&@:/\\[\]{}|^]+/gu;

const encoders: { readonly [K in ParameterKind]: (value: KindValues[K]) => string } = {
  code: (value) => value,
  count: (value) => String(value),
  url: (value) => value,
  time: (value) => value.toISOString(),
  text: (value) => value.slice(0, 500),
};

/** Undefined stands for text that is not of that kind. */
const decoders: { readonly [K in ParameterKind]: (text: string) => KindValues[K] | undefined } = {
  code: (text) => (/^\d{4,10}$/.test(text) ? text : undefined),
  count: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
  url: (text) => (isOwnUrl(text) ? text : undefined),
  time: (text) => (/^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(text) ? validTime(new Date(text)) : undefined),
  text: cleanText,
};

function isOwnUrl(text: string): boolean {
  if (text.length > urlLengthMax || !/^[!-~]+$/.test(text)) return false;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
  );
}

function validTime(time: Date): Date | undefined {
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/**
 * What others chose must not become a link in our mail (SR-76): no markup, no line breaks, and a dot before letters gets
 * a space, so that mail programs do not make `evil.example` clickable.
 */
function cleanText(text: string): string | undefined {
  const clean = text
    .normalize('NFC')
    .replace(unwanted, ' ')
    .replace(/\.(?=\p{L})/gu, '. ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = [...clean].slice(0, textLengthMax).join('');
  return short === '' ? undefined : short;
}

/** The parameters as texts, the form in which a delivery is stored and sealed. */
export function encodeParameters<R extends ParameterRules>(rules: R, values: ValuesOf<R>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(values as Record<string, unknown>)) {
    const rule = rules[name];
    if (rule === undefined) throw new ParameterError(name, 'unknown');
    if (value !== undefined) texts[name] = encoders[rule.kind](value as never);
  }
  return texts;
}

/** The parameters out of their texts. @throws ParameterError */
export function decodeParameters<R extends ParameterRules>(
  rules: R,
  texts: Readonly<Record<string, string>>,
): ValuesOf<R> {
  for (const name of Object.keys(texts)) if (!Object.hasOwn(rules, name)) throw new ParameterError(name, 'unknown');
  const values: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const text = texts[name];
    if (text === undefined) {
      if (!rule.optional) throw new ParameterError(name, 'missing');
      continue;
    }
    const value = decoders[rule.kind](text);
    // An optional text of which nothing is left is no reason to withhold a security notice.
    if (value === undefined && !rule.optional) throw new ParameterError(name, 'invalid');
    if (value !== undefined) values[name] = value;
  }
  return values as ValuesOf<R>;
}

import type { Catalogue, Wording } from '#locales/catalogue.ts';
import { resolveLocale } from '#locales/resolve.ts';
import type { Content } from '#templates/content.ts';
import { headerText } from '#templates/escape.ts';
import { htmlOf } from '#templates/html.ts';
import { decodeParameters } from '#templates/parameters.ts';
import { type TemplateName, type TemplateValues, templates } from '#templates/templates.ts';
import { textOf } from '#templates/text.ts';

export interface RenderedEmail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface RenderInput {
  template: TemplateName;
  params: Readonly<Record<string, string>>;
  /** The bank's name as people know it. */
  brand: string;
  /** BCP 47; English where there is no catalogue for it. */
  locale?: string;
}

/** A message as email, in HTML and plain text of the same words. @throws ParameterError when the parameters do not fit */
export function renderEmail({ template, params, brand, locale }: RenderInput): RenderedEmail {
  const { tag, catalogue } = resolveLocale(locale);
  const wording = wordingOf(brand, catalogue);
  const content = contentOf(catalogue, template, params, wording);
  const footer = catalogue.footer(wording);
  const subject = headerText(content.subject);
  return {
    subject,
    text: textOf({ parts: content.parts, footer }),
    html: htmlOf({ tag, brand, subject, parts: content.parts, footer }),
  };
}

function contentOf<N extends TemplateName>(
  catalogue: Catalogue,
  template: N,
  params: Readonly<Record<string, string>>,
  wording: Wording,
): Content {
  // The rules of N give the values of N; TypeScript cannot follow an index by a type parameter that far.
  const values = decodeParameters(templates[template], params) as unknown as TemplateValues<N>;
  return catalogue.messages[template](values, wording);
}

/** What the words of a catalogue are filled with beside the parameters. */
export function wordingOf(brand: string, { timeTag }: Pick<Catalogue, 'timeTag'>): Wording {
  return { brand, time: timeFormat(timeTag) };
}

function timeFormat(tag: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return (at) => `${format.format(at)} UTC`;
}

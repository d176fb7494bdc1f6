import { resolveLocale } from '#locales/resolve.ts';
import { headerText } from '#templates/escape.ts';
import { decodeParameters } from '#templates/parameters.ts';
import { wordingOf } from '#templates/render.ts';
import { isCodeAlone, type SmsTemplateName, type SmsTemplateValues, smsTemplates } from '#templates/sms-templates.ts';

export interface SmsRenderInput {
  template: SmsTemplateName;
  params: Readonly<Record<string, string>>;
  /** The bank's name as people know it. */
  brand: string;
  /** BCP 47; English where there is no catalogue for it. */
  locale?: string;
}

export interface RenderedSms {
  readonly text: string;
  /** The code that it is about, when nothing else in it matters. */
  readonly code?: string;
}

/** The words of a text message, on one line. @throws ParameterError when the parameters do not fit */
export function renderSms({ template, params, brand, locale }: SmsRenderInput): RenderedSms {
  const { catalogue } = resolveLocale(locale);
  const text = headerText(textOf(catalogue.texts, template, params, wordingOf(brand, catalogue)));
  const { code } = params;
  return code !== undefined && isCodeAlone(template) ? { text, code } : { text };
}

type Texts = ReturnType<typeof resolveLocale>['catalogue']['texts'];

function textOf<N extends SmsTemplateName>(
  texts: Texts,
  template: N,
  params: Readonly<Record<string, string>>,
  wording: ReturnType<typeof wordingOf>,
): string {
  // As in `render.ts`: TypeScript cannot follow an index by a type parameter from the rules of N to its values.
  const values = decodeParameters(smsTemplates[template], params) as unknown as SmsTemplateValues<N>;
  return texts[template](values, wording);
}

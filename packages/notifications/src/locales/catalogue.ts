import type { Content } from '#templates/content.ts';
import type { SmsTemplateName, SmsTemplateValues } from '#templates/sms-templates.ts';
import type { TemplateName, TemplateValues } from '#templates/templates.ts';

export interface Wording {
  /** The bank's name as people know it. */
  readonly brand: string;
  /** A moment as this language writes it, in UTC and saying so. */
  time(at: Date): string;
}

/** One language: the words of every template. The compiler names a template that has none. */
export interface Catalogue {
  /** The BCP 47 tag by which times are written. */
  readonly timeTag: string;
  /** The closing line of every message. */
  readonly footer: (wording: Wording) => string;
  readonly messages: { readonly [N in TemplateName]: (values: TemplateValues<N>, wording: Wording) => Content };
  /** Text messages: short, of the GSM 7-bit alphabet where the language allows. */
  readonly texts: { readonly [N in SmsTemplateName]: (values: SmsTemplateValues<N>, wording: Wording) => string };
}

import * as v from 'valibot';

// Language, script and region alone: extensions and private parts (RFC 5646 §2.2.7) could carry whatever somebody likes.
const plainTag = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/;
const lengthMax = 35;
const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** The canonical form of a language tag (BCP 47), such as `zh-Hant-TW`; undefined for what names no language. */
export function canonicalLanguage(tag: string): string | undefined {
  if (tag.length > lengthMax) return undefined;
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(tag);
    const isKnown = plainTag.test(canonical) && names.of(new Intl.Locale(canonical).language) !== undefined;
    return isKnown ? canonical : undefined;
  } catch {
    return undefined;
  }
}

/** A language people read, as a BCP 47 tag of language, script and region; made canonical. */
export const LanguageSchema = v.pipe(
  v.string(),
  v.maxLength(lengthMax, 'language_tag'),
  v.check((tag) => canonicalLanguage(tag) !== undefined, 'language_tag'),
  v.transform((tag) => canonicalLanguage(tag) ?? tag),
);

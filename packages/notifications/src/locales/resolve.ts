import type { Catalogue } from '#locales/catalogue.ts';
import { en } from '#locales/en.ts';

const catalogues: ReadonlyMap<string, Catalogue> = new Map([['en', en]]);
const fallback = 'en';

/**
 * The catalogue for a BCP 47 tag: the tag itself, else its language, else English (RFC 4647 §3.4 lookup). Gives the tag
 * of the catalogue beside it.
 */
export function resolveLocale(requested: string | undefined): { tag: string; catalogue: Catalogue } {
  for (const tag of candidates(requested)) {
    const catalogue = catalogues.get(tag);
    if (catalogue !== undefined) return { tag, catalogue };
  }
  return { tag: fallback, catalogue: en };
}

function candidates(requested: string | undefined): string[] {
  if (requested === undefined || !/^[A-Za-z\d-]{2,35}$/.test(requested)) return [];
  const parts = requested.toLowerCase().split('-');
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join('-'));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML content and quoted attributes (SR-76). */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Text for one header line: without line breaks and other control characters (RFC 5322 §2.2). */
export function headerText(text: string): string {
  return text.replace(/\p{C}+/gu, ' ').trim();
}

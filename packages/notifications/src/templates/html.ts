import type { Part } from '#templates/content.ts';
import { escapeHtml } from '#templates/escape.ts';

const styles = {
  page: 'margin:0;padding:24px;background:#f4f5f7;font:16px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;color:#1c2330',
  card: 'max-width:520px;margin:0 auto;padding:28px 32px;background:#fff;border-radius:12px',
  brand: 'margin:0 0 20px;font-size:18px;font-weight:600',
  code: 'margin:20px 0;padding:14px;background:#eef1f6;border-radius:8px;font:600 28px/1 monospace;letter-spacing:6px;text-align:center',
  button:
    'display:inline-block;padding:12px 20px;background:#1f4fd8;border-radius:8px;color:#fff;text-decoration:none;font-weight:600',
  label: 'padding:2px 16px 2px 0;color:#5a6475;text-align:left;font-weight:400',
  footer: 'max-width:520px;margin:16px auto 0;font-size:13px;color:#5a6475',
} as const;

/** The whole HTML document: no scripts, no images, nothing loaded from elsewhere. Everything is escaped here. */
export function htmlOf(message: {
  tag: string;
  brand: string;
  subject: string;
  parts: readonly Part[];
  footer: string;
}): string {
  return `<!doctype html>
<html lang="${escapeHtml(message.tag)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(message.subject)}</title></head>
<body style="${styles.page}">
<div style="${styles.card}">
<p style="${styles.brand}">${escapeHtml(message.brand)}</p>
${message.parts.map(partHtml).join('\n')}
</div>
<p style="${styles.footer}">${escapeHtml(message.footer)}</p>
</body>
</html>
`;
}

function partHtml(part: Part): string {
  switch (part.kind) {
    case 'paragraph':
      return `<p>${escapeHtml(part.text)}</p>`;
    case 'code':
      return `<p style="${styles.code}">${escapeHtml(part.code)}</p>`;
    case 'link':
      return `<p><a href="${escapeHtml(part.url)}" style="${styles.button}">${escapeHtml(part.label)}</a></p>`;
    case 'facts':
      return `<table>${part.rows.map(([label, value]) => `<tr><th style="${styles.label}">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`;
  }
}

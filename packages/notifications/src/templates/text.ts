import type { Part } from '#templates/content.ts';

/** The plain-text form of a message, for people and programs that do not show HTML. */
export function textOf(message: { parts: readonly Part[]; footer: string }): string {
  return `${[...message.parts.map(partText), `-- \n${message.footer}`].join('\n\n')}\n`;
}

function partText(part: Part): string {
  switch (part.kind) {
    case 'paragraph':
      return part.text;
    case 'code':
      return `    ${part.code}`;
    case 'link':
      return `${part.label}:\n${part.url}`;
    case 'facts':
      return part.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
  }
}

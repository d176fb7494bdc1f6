import { inflated, StreamTooLarge, StreamUnreadable, unescaped } from '#adapters/content/pdf-streams.ts';

/** What is wrong with a PDF, for whoever sent it. */
export type PdfRule = 'pdf_structure' | 'pdf_active' | 'pdf_encrypted' | 'pdf_unreadable' | 'pdf_bomb';

/** Names that make a document do something, carry something else, or hide what it does (ISO 32000-2 §12.6, §7.11, §12.7.8, §13). */
const active = [
  ...['JavaScript', 'Launch', 'EmbeddedFile', 'EmbeddedFiles', 'FileAttachment', 'RichMedia', 'Rendition'],
  ...['SubmitForm', 'ImportData', 'GoToE', 'GoToR', 'XFA'],
];
/** Filters that this scan does not undo: what lies behind them could be anything. */
const unread = ['LZWDecode', 'RunLengthDecode', 'Crypt', 'FFilter'];
const banned = new Map<string, PdfRule>([
  ...active.map((name): [string, PdfRule] => [name, 'pdf_active']),
  ...unread.map((name): [string, PdfRule] => [name, 'pdf_unreadable']),
  ['Encrypt', 'pdf_encrypted'],
]);

const header = /^%PDF-[12]\.\d/;
const tailBytes = 1024;
const slash = 0x2f;
const hash = 0x23;
const nameBytesMax = 4 * 127;
const shortest = Math.min(...[...banned.keys()].map(({ length }) => length));
/** 1 for bytes that go on with a name: neither white space nor a delimiter (ISO 32000-2 §7.2.3). */
const regular = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > 0x20 && !'()<>[]{}/%'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/**
 * What speaks against keeping a PDF, or undefined. No structure is believed: a reader may find its objects anywhere, so the
 * names are looked for in every byte as it stands, in every stream that can be inflated, and with their escapes
 * undone; what cannot be read is refused. A document that only begins or ends like one is none (SR-77).
 */
export async function findPdfProblem(bytes: Uint8Array): Promise<PdfRule | undefined> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!header.test(file.toString('latin1', 0, 16))) return 'pdf_structure';
  if (!/%%EOF\s*$/.test(file.toString('latin1', Math.max(0, file.length - tailBytes)))) return 'pdf_structure';
  const found = bannedName(file);
  if (found !== undefined) return found;
  try {
    for await (const content of inflated(file)) {
      const hidden = bannedName(content);
      if (hidden !== undefined) return hidden;
    }
  } catch (error) {
    if (error instanceof StreamTooLarge) return 'pdf_bomb';
    if (error instanceof StreamUnreadable) return 'pdf_unreadable';
    throw error;
  }
  return undefined;
}

/** The rule that the first name of them breaks. One pass, whatever the content: names end where another begins. */
function bannedName(content: Buffer): PdfRule | undefined {
  for (let at = content.indexOf(slash); at !== -1; at = content.indexOf(slash, at + 1)) {
    let end = at + 1;
    let isEscaped = false;
    while (end - at <= nameBytesMax && regular[content[end] ?? 0] === 1) {
      if (content[end] === hash) isEscaped = true;
      end += 1;
    }
    if (end - at <= shortest) continue;
    const name = content.toString('latin1', at + 1, end);
    const rule = banned.get(isEscaped ? unescaped(name) : name);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

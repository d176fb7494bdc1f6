/** A piece of a page that a check looks at, with its line from 1. */
export interface Piece {
  readonly line: number;
  readonly text: string;
}

/** What a page of Markdown is made of, as far as checks want it. */
export interface Page {
  /** Names that a link can end in: of headings, and of anchors written as HTML. */
  readonly anchors: ReadonlySet<string>;
  /** Where links and images lead, as they are written. */
  readonly links: readonly Piece[];
  /** Lines of blocks that are marked `sh`, those that end in a backslash joined. */
  readonly shellLines: readonly Piece[];
  /** What stands between backticks within a line. */
  readonly spans: readonly Piece[];
}

const link = /!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
/** Opens a block of code, or ends the one that as many of the same characters have opened (CommonMark §4.5). */
const fenceLine = /^\s*(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const span = /(?<!`)`([^`]+)`(?!`)/g;

/** Reads a page. Nothing inside of code is a heading or a link. */
export function readPage(text: string): Page {
  const anchors = new Set<string>();
  const [links, spans, shell]: [Piece[], Piece[], Piece[]] = [[], [], []];
  let block: { readonly fence: string; readonly language: string } | undefined;
  for (const [index, whole] of text.split('\n').entries()) {
    const line = index + 1;
    const [, fence, language = ''] = fenceLine.exec(whole) ?? [];
    if (block === undefined && fence !== undefined) {
      block = { fence, language };
    } else if (block !== undefined && fence?.startsWith(block.fence) && language === '') {
      block = undefined;
    } else if (block !== undefined) {
      if (block.language === 'sh') shell.push({ line, text: whole });
    } else {
      spans.push(...[...whole.matchAll(span)].map(([, code = '']) => ({ line, text: code })));
      const prose = whole.replaceAll(span, (code) => ' '.repeat(code.length));
      links.push(...[...prose.matchAll(link)].map(([, target = '']) => ({ line, text: target })));
      const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(whole)?.[1];
      if (heading !== undefined) anchors.add(uniqueAnchor(heading, anchors));
      for (const [, id = ''] of prose.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
    }
  }
  return { anchors, links, spans, shellLines: joined(shell) };
}

/** The name that GitHub and GitLab give to a heading; a second one of the same words gets a number. */
function uniqueAnchor(heading: string, taken: ReadonlySet<string>): string {
  const words = heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .toLowerCase();
  const name = words.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
  if (!taken.has(name)) return name;
  let count = 1;
  while (taken.has(`${name}-${count}`)) count += 1;
  return `${name}-${count}`;
}

function joined(lines: readonly Piece[]): Piece[] {
  const whole: Piece[] = [];
  let begun: Piece | undefined;
  for (const { line, text } of lines) {
    const piece = begun === undefined ? { line, text } : { line: begun.line, text: `${begun.text} ${text.trim()}` };
    begun = piece.text.endsWith('\\') ? { ...piece, text: piece.text.slice(0, -1).trimEnd() } : undefined;
    if (begun === undefined && piece.text.trim() !== '') whole.push(piece);
  }
  return whole;
}

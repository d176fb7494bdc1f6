import type { Plugin } from 'rolldown';

/**
 * Writes every character beyond ASCII as its escape. V8 keeps a source with a single wider character at two bytes a character for as
 * long as the process lives; an app is millions of characters, of which its libraries' tables of Unicode are thousands.
 */
export function asciiOnly(): Plugin {
  return {
    name: 'ascii-only',
    // Last of all, as rolldown itself prints characters. Nothing moves to another line, so the source map still tells the line.
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = escapeBeyondAscii(file.code);
      }
    },
  };
}

/** For code without comments: in strings, templates and regular expressions an escape means what its character does. */
export function escapeBeyondAscii(code: string): string {
  return code.replace(/(\\*)([^\0-\x7f])/gu, (_, backslashes: string, character: string) => {
    // Where the character itself is escaped, which changes nothing, its backslash would escape the one of `\u`.
    const before = backslashes.length % 2 === 1 ? backslashes.slice(1) : backslashes;
    return before + unitsOf(character).map(escapeOf).join('');
  });
}

/** The one or two UTF-16 units of a character. */
function unitsOf(character: string): number[] {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

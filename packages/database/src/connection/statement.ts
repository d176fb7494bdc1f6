const STATEMENTS_MAX = 2000;
const numbered = new Map<string, string>();

// A quoted text, a quoted name, a comment, or a placeholder: whichever begins first.
const parts = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g;

/**
 * Turns `?` placeholders into `$1, $2, …`, leaving those inside quotes and comments alone. Statements are constants of
 * the code, so each is translated once. The JSON operators `?`, `?|` and `?&` cannot be written: use `jsonb_exists`.
 */
export function numberPlaceholders(sql: string): string {
  const known = numbered.get(sql);
  if (known !== undefined) {
    return known;
  }
  let count = 0;
  const statement = sql.replace(parts, (part) => {
    if (part !== '?') {
      return part;
    }
    count += 1;
    return `$${count}`;
  });
  if (numbered.size >= STATEMENTS_MAX) {
    numbered.clear(); // somebody builds statements as they go: forget them rather than grow
  }
  numbered.set(sql, statement);
  return statement;
}

const plainIdentifier = /^[a-z][a-z0-9_]{0,62}$/;

/** A schema, table, column or role name as it may be put into SQL. @throws Error for anything but plain snake_case */
export function identifier(name: string): string {
  if (!plainIdentifier.test(name)) {
    throw new Error(`not a plain SQL identifier: ${JSON.stringify(name.slice(0, 64))}`);
  }
  return name;
}

/** Text as an SQL literal, for statements that take no parameters (DDL). */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** Lines of cells under a heading, in columns of one width each. */
export function textTable(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const printed = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  printed.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return printed;
}

/** Prints steps with the seconds since the launcher began. */
export function progressPrinter(out: NodeJS.WritableStream = process.stdout): (line: string) => void {
  const startedAt = performance.now();
  return (line) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
    out.write(`${seconds} s  ${line}\n`);
  };
}

/** How far long work has come, on one line that is written over; nothing where nobody watches. */
export interface ProgressLine {
  show(text: string): void;
  /** Leaves the line as it is. */
  end(): void;
}

const everyMs = 250;

/** The progress of one command, on the error output, so that what it prints can be piped on. */
export function progressLine(output: NodeJS.WriteStream = process.stderr): ProgressLine {
  let shownAt = 0;
  let hasLine = false;
  return {
    show(text) {
      const now = performance.now();
      if (!output.isTTY || now - shownAt < everyMs) return;
      shownAt = now;
      hasLine = true;
      output.write(`\r\u001B[K${text}`);
    },
    end() {
      if (hasLine) output.write('\n');
    },
  };
}

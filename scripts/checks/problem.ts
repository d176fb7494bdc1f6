/** Something a check found. */
export interface Problem {
  /** Path from the root of the repository. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** What is wrong and what to do instead. */
  readonly message: string;
}

/** Looks through the repository at `root` and returns what is wrong with it. */
export type Check = (root: string) => Promise<readonly Problem[]>;

/** One line a problem, clickable in a terminal: `path:line message`. */
export function formatProblem({ file, line, message }: Problem): string {
  return line === undefined ? `${file}  ${message}` : `${file}:${line}  ${message}`;
}

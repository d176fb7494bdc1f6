import { type ESTree, parseSync, Visitor, type VisitorObject } from 'rolldown/utils';

/** A parsed source file. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly program: ESTree.Program;
}

/** Parses TypeScript. @throws Error at the first syntax error */
export function parseSource(file: string, text: string): Source {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return { file, text, program };
}

/** Calls the visitor's functions for every node of a file. */
export function visitSource(source: Source, visitor: VisitorObject): void {
  new Visitor(visitor).visit(source.program);
}

/** The line of an offset, from 1. */
export function lineAt(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}

/** The text of a node as it was written. */
export function textOf(source: Source, node: { readonly start: number; readonly end: number }): string {
  return source.text.slice(node.start, node.end);
}

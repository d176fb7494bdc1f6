import type { ESTree } from 'rolldown/utils';
import { writingMethods } from '#checks/access/writing-methods.ts';
import type { Problem } from '#checks/problem.ts';
import { lineAt, type Source, textOf, visitSource } from '#checks/syntax.ts';

/** What an expression stands for: all repositories without a transaction, or one of them by the name the context gives it. */
type Standing = { readonly repository: string | undefined };

/** A constant that stands for either, with the piece of the file in which it is known. */
interface Alias extends Standing {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const everyRepository: Standing = { repository: undefined };

/** Features of one app that call a writing method of a repository on the context or on a reader instead of on the transaction. */
export function outsideWrites(app: readonly Source[], features: readonly Source[]): Problem[] {
  if (features.length === 0) return [];
  const writing = writingMethods(app);
  return features.flatMap((source) => writesOf(source, writing));
}

function writesOf(source: Source, writing: ReadonlyMap<string, ReadonlySet<string>>): Problem[] {
  const problems: Problem[] = [];
  const aliases = aliasesIn(source);
  visitSource(source, {
    CallExpression({ callee, start }) {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const repository = standingOf(callee.object, aliases)?.repository;
      if (repository === undefined || !writing.get(repository)?.has(callee.property.name)) return;
      const message = `${textOf(source, callee)} writes outside a transaction: call it on the tx of withTransaction`;
      problems.push({ file: source.file, line: lineAt(source, start), message });
    },
  });
  return problems;
}

function aliasesIn(source: Source): readonly Alias[] {
  const aliases: Alias[] = [];
  const blocks = blocksIn(source);
  visitSource(source, {
    VariableDeclarator(node) {
      const standing = node.init === null ? undefined : standingOf(node.init, aliases);
      if (standing === undefined) return;
      const { start, end } =
        blocks.findLast((block) => block.start <= node.start && node.end <= block.end) ?? source.program;
      aliases.push(...namesIn(node.id, standing).map((named) => ({ ...named, start, end })));
    },
  });
  return aliases;
}

/** In the order of their starts: the last that holds a place is the innermost. */
function blocksIn(source: Source): readonly ESTree.BlockStatement[] {
  const blocks: ESTree.BlockStatement[] = [];
  visitSource(source, { BlockStatement: (node) => void blocks.push(node) });
  return blocks.toSorted((a, b) => a.start - b.start);
}

function namesIn(pattern: ESTree.Node, { repository }: Standing): (Standing & { readonly name: string })[] {
  if (pattern.type === 'Identifier') return [{ name: pattern.name, repository }];
  if (pattern.type !== 'ObjectPattern' || repository !== undefined) return [];
  return pattern.properties.flatMap((property) =>
    property.type === 'Property' && property.key.type === 'Identifier' && property.value.type === 'Identifier'
      ? [{ name: property.value.name, repository: property.key.name }]
      : [],
  );
}

function standingOf(node: ESTree.Node, aliases: readonly Alias[]): Standing | undefined {
  switch (node.type) {
    case 'Identifier':
      if (node.name === 'ctx') return everyRepository;
      return aliases.find(({ name, start, end }) => name === node.name && start <= node.start && node.end <= end);
    case 'CallExpression':
      return node.callee.type === 'Identifier' && node.callee.name === 'readerOf' ? everyRepository : undefined;
    case 'MemberExpression': {
      const of = standingOf(node.object, aliases);
      if (of === undefined || of.repository !== undefined || node.property.type !== 'Identifier') return undefined;
      return { repository: node.property.name };
    }
    default:
      return undefined;
  }
}

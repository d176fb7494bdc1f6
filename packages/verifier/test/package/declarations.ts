import { type ESTree, parseSync } from 'rolldown/utils';

/** What declarations say of the public API. */
export interface PublicApi {
  /** Every exported name, sorted. */
  readonly names: readonly string[];
  /** Names, and members as `Name.member`, that say nothing where they have to. */
  readonly undocumented: readonly string[];
}

const docComment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/;
/** A number whose name says what it counts, or in what. */
const unit = /(Seconds|Ms|Max|number|points|remaining|status|epoch)$/;

/**
 * Reads the declarations of a package. Each exported name, each method and each number without a unit in its name has to have
 * a doc comment.
 */
export function readPublicApi(text: string): PublicApi {
  const { program } = parseSync('index.d.ts', text);
  const declared = new Map<string, { node: ESTree.Node; start: number }>();
  const exported = new Set<string>();
  for (const statement of program.body) {
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration === null) {
      for (const { exported: name } of statement.specifiers) exported.add(text.slice(name.start, name.end));
      continue;
    }
    const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    const name = node === null ? undefined : nameOf(node);
    if (node === null || name === undefined) continue;
    declared.set(name, { node, start: statement.start });
    if (node !== statement) exported.add(name);
  }
  const isDocumented = (start: number) => docComment.test(text.slice(0, start));
  const undocumented = [...exported].flatMap((name) => {
    const found = declared.get(name);
    if (found === undefined) return [`${name} is declared nowhere`];
    const members = membersOf(found.node).filter((member) => needsWords(member) && !isDocumented(member.start));
    const own = isDocumented(found.start) ? [] : [name];
    return [...own, ...members.map((member) => `${name}.${text.slice(member.key.start, member.key.end)}`)];
  });
  return { names: [...exported].sort(), undocumented };
}

function nameOf(node: ESTree.Node): string | undefined {
  if (node.type === 'VariableDeclaration') {
    const id = node.declarations[0]?.id;
    return id?.type === 'Identifier' ? id.name : undefined;
  }
  return 'id' in node && node.id !== null && node.id?.type === 'Identifier' ? node.id.name : undefined;
}

type Member = ESTree.TSPropertySignature | ESTree.TSMethodSignature;

function membersOf(node: ESTree.Node): Member[] {
  if (node.type !== 'TSInterfaceDeclaration') return [];
  return node.body.body.filter((each) => each.type === 'TSPropertySignature' || each.type === 'TSMethodSignature');
}

function needsWords(member: Member): boolean {
  if (member.type === 'TSMethodSignature') return true;
  const isNumber = member.typeAnnotation?.typeAnnotation.type === 'TSNumberKeyword';
  return isNumber && !(member.key.type === 'Identifier' && unit.test(member.key.name));
}

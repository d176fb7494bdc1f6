import { type Source, textOf, visitSource } from '#checks/syntax.ts';

const writes =
  /\binsert\s+into\b|\bupdate\s+[\w."]+\s+(as\s+\w+\s+|\w+\s+)?set\b|\bdelete\s+from\b|\bthis\.affected\(|\.(flush|persist|remove|insert|insertMany|upsert|upsertMany|nativeInsert|nativeUpdate|nativeDelete)\(/i;

/** The methods of an app's repositories that change rows, by the name the context gives the repository. */
export function writingMethods(app: readonly Source[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byClass = new Map(app.flatMap((source) => repositoriesIn(source)));
  const byName = new Map<string, ReadonlySet<string>>();
  for (const source of app) {
    visitSource(source, {
      Property(node) {
        if (node.key.type !== 'Identifier' || node.value.type !== 'NewExpression') return;
        const methods = byClass.get(textOf(source, node.value.callee));
        if (methods !== undefined) byName.set(node.key.name, methods);
      },
    });
  }
  return byName;
}

function repositoriesIn(source: Source): [string, ReadonlySet<string>][] {
  const found: [string, ReadonlySet<string>][] = [];
  visitSource(source, {
    ClassDeclaration(node) {
      if (node.id === null || !node.id.name.endsWith('Repository')) return;
      const methods = new Map<string, string>();
      for (const member of node.body.body) {
        if (member.type === 'MethodDefinition') methods.set(textOf(source, member.key), textOf(source, member));
      }
      found.push([node.id.name, writersAmong(methods, writingConstants(source))]);
    },
  });
  return found;
}

/** Constants of the module that hold a statement which writes. */
function writingConstants(source: Source): readonly string[] {
  const declarations = source.program.body.filter((node) => node.type === 'VariableDeclaration');
  return declarations
    .flatMap((declaration) => declaration.declarations)
    .filter((constant) => writes.test(textOf(source, constant)))
    .flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
}

/** Methods that write, and methods that call one that does. */
function writersAmong(methods: ReadonlyMap<string, string>, constants: readonly string[]): ReadonlySet<string> {
  const mentions = (text: string, name: string): boolean => new RegExp(`\\b${RegExp.escape(name)}\\b`).test(text);
  const writers = new Set<string>();
  for (const [name, text] of methods) {
    if (writes.test(text) || constants.some((constant) => mentions(text, constant))) writers.add(name);
  }
  let before = -1;
  while (writers.size !== before) {
    before = writers.size;
    for (const [name, text] of methods) {
      if ([...writers].some((writer) => text.includes(`this.${writer}(`))) writers.add(name);
    }
  }
  return writers;
}

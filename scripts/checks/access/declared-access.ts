import type { ESTree } from 'rolldown/utils';
import { type Source, visitSource } from '#checks/syntax.ts';

type Argument = ESTree.CallExpression['arguments'][number];

/**
 * What is missing from the access argument of a `withTransaction` or `withStatement` call; undefined when it says `who` and either `audits` or
 * `unaudited`. The argument is an object, or a constant of the same file that is one.
 */
export function declaredAccess(source: Source, argument: Argument | undefined): string | undefined {
  const access = argument === undefined ? undefined : objectOf(source, argument);
  if (access === undefined)
    return 'write what withTransaction is given as an object: { who, audits } or { who, unaudited }';
  const names = new Set(access.properties.map((property) => nameOf(property)));
  if (!names.has('who')) return 'says not who may: add `who`, made by `allow`';
  if (names.has('audits') === names.has('unaudited')) {
    return 'says not what is audited: add either `audits`, or `unaudited` with the reason';
  }
  return undefined;
}

function objectOf(source: Source, node: ESTree.Node): ESTree.ObjectExpression | undefined {
  switch (node.type) {
    case 'ObjectExpression':
      return node;
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return objectOf(source, node.expression);
    case 'Identifier': {
      const value = constantOf(source, node.name, node.start);
      return value === undefined ? undefined : objectOf(source, value);
    }
    default:
      return undefined;
  }
}

/** The value of the last constant of that name before the place where it is used. */
function constantOf(source: Source, name: string, usedAt: number): ESTree.Node | undefined {
  let value: ESTree.Node | undefined;
  visitSource(source, {
    VariableDeclarator(node) {
      if (node.id.type === 'Identifier' && node.id.name === name && node.start < usedAt) value = node.init ?? undefined;
    },
  });
  return value;
}

function nameOf(property: ESTree.ObjectExpression['properties'][number]): string | undefined {
  return property.type === 'Property' && property.key.type === 'Identifier' ? property.key.name : undefined;
}

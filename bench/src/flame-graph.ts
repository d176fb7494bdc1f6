/** What V8's profiler gives, as far as it is used here. Times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** One function in one place of the call tree. */
interface Frame {
  readonly name: string;
  readonly self: number;
  readonly total: number;
  readonly children: readonly Frame[];
}

const width = 1200;
const rowHeight = 16;
const narrowest = 0.5;
const pixelsPerLetter = 6.5;
const resting = new Set(['(idle)', '(program)']);

/** The call tree as an SVG: as wide as the time a function took with all it called. What the process slept is left out. */
export function flameGraph(profile: CpuProfile): string {
  const root = treeOf(profile);
  const boxes: string[] = [];
  let deepest = 0;
  const draw = (frame: Frame, x: number, depth: number): void => {
    const wide = (frame.total / root.total) * width;
    if (wide < narrowest) return;
    deepest = Math.max(deepest, depth);
    boxes.push(box(frame, root.total, { x, y: depth * rowHeight, wide }));
    let left = x;
    for (const child of frame.children) {
      draw(child, left, depth + 1);
      left += (child.total / root.total) * width;
    }
  };
  draw(root, 0, 0);
  const size = `width="${width}" height="${(deepest + 1) * rowHeight}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="monospace" font-size="11">\n${boxes.join('\n')}\n</svg>\n`;
}

/** The functions that took most time by themselves, heaviest first, each with its share of the time the process worked. */
export function heaviest(profile: CpuProfile, count: number): string[] {
  const root = treeOf(profile);
  const selfOf = new Map<string, number>();
  const add = ({ name, self, children }: Frame): void => {
    selfOf.set(name, (selfOf.get(name) ?? 0) + self);
    for (const child of children) add(child);
  };
  add(root);
  return [...selfOf]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, self]) => `${((self / root.total) * 100).toFixed(1).padStart(5)} %  ${name}`);
}

function treeOf({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const selfOf = new Map<number, number>();
  for (const [index, id] of samples.entries()) selfOf.set(id, (selfOf.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frameOf = (node: ProfileNode): Frame => {
    const children = (node.children ?? [])
      .flatMap((id) => byId.get(id) ?? [])
      .filter(({ callFrame }) => !resting.has(callFrame.functionName))
      .map(frameOf);
    const self = selfOf.get(node.id) ?? 0;
    return { name: nameOf(node), self, total: children.reduce((sum, { total }) => sum + total, self), children };
  };
  const [root] = nodes;
  if (root === undefined) throw new RangeError('a profile of nothing');
  return frameOf(root);
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${url.slice(url.lastIndexOf('/') + 1)}:${lineNumber + 1}`;
}

function box({ name, total }: Frame, whole: number, { x, y, wide }: { x: number; y: number; wide: number }): string {
  const share = `${((total / whole) * 100).toFixed(1)} %`;
  const letters = Math.floor(wide / pixelsPerLetter) - 1;
  const text =
    letters < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(name.slice(0, letters))}</text>`;
  const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${wide.toFixed(1)}" height="${rowHeight - 1}" fill="${colourOf(name)}"/>`;
  return `<g><title>${escaped(name)} ${share}</title>${rect}${text}</g>`;
}

/** The same function has the same colour everywhere. */
function colourOf(name: string): string {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return `hsl(${10 + (sum % 45)} 85% ${62 + (sum % 13)}%)`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  readonly keyword: string;
  /** What follows the keyword, with variables as they were written. */
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** Defaults of the arguments before the first stage. */
  readonly globals: ReadonlyMap<string, string>;
  readonly stages: readonly Stage[];
}

/** Reads as much of the format as ours uses: instructions, continuation lines, comments, named stages. */
export function readDockerfile(text: string): Dockerfile {
  const globals = new Map<string, string>();
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (instruction.keyword === 'FROM') {
      const [, base = '', name = ''] = /^(\S+) AS (\S+)$/.exec(substitute(instruction.text, globals)) ?? [];
      stages.push({ name, base, instructions: [] });
    } else if (stage === undefined) {
      const [name = '', value = ''] = instruction.text.split('=', 2);
      globals.set(name, value);
    } else {
      stage.instructions.push(instruction);
    }
  }
  return { globals, stages };
}

/** Puts values in the place of `${NAME}`; a name without a value becomes nothing, as Docker does it. */
export function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_place, name: string) => values.get(name) ?? '');
}

function* instructionsOf(text: string): Generator<Instruction> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const joined = lines.join('\n').replace(/\\\n\s*/g, '');
  for (const line of joined.split('\n')) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    yield { keyword, text: rest };
  }
}

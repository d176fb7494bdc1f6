/** What users were told a text of theirs is, and what they asked for since without hearing what became of it. */
export interface Text {
  told: string | null;
  readonly asked: Set<string>;
}

/** Whether what a user is shown is what they were told, or may have become of what they asked. */
export function isExpected({ told, asked }: Text, shown: string | null): boolean {
  return shown === told || (shown !== null && asked.has(shown));
}

/** Nothing asked before can still take effect: the version that it was asked under is over. */
export function settle(text: Text, told: string): void {
  text.told = told;
  text.asked.clear();
}

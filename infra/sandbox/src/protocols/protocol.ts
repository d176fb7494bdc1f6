/** One third party that the sandbox answers for, over its real protocol. Each is a folder beside this file. */
export interface Protocol {
  readonly name: string;
  /** Begins to listen and gives the address. @throws Error with the system's code when it cannot */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** What an input does, for the page. */
  readonly outcomes: readonly { readonly input: string; readonly outcome: string }[];
}

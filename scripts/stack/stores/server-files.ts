/** Where a server finds its certificate. */
export interface ServerFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A record of the file, by the number of the line it begins in; undefined fields where it cannot be read. */
export interface FileRecord {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** What JSON can say (RFC 8259), for payloads whose shape belongs to somebody else. */
export type JsonValue = string | number | boolean | null | JsonObject | readonly JsonValue[];

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

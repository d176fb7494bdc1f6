/** The id of the row that a refresh token stands for; empty where it is none. */
export function tokenIdOf(refreshToken: string): string {
  return /^[a-z]+_([0-9a-f-]{36})\./.exec(refreshToken)?.[1] ?? '';
}

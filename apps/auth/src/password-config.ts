import { envFile, envInteger, envList } from '@bank/service-kit';
import * as v from 'valibot';

/** How passwords are judged, and how they are hashed. */
export const passwordEnv = {
  /** Words that no password may contain, beside BRAND: products, former names, what the bank is called in the street (SR-6). */
  PASSWORD_CONTEXT_WORDS: v.optional(envList, ''),
  /** A filter made by `pnpm ops passwords build-filter` (SR-5); asked at sign-ins if it is of 32 bits. */
  BREACHED_PASSWORDS_FILE: v.optional(envFile),
  /** Argon2id costs. Raised, they reach each hash at its next sign-in (SR-8). */
  ARGON2_MEMORY_KIB: v.optional(envInteger(12_288, 1_048_576), '19456'),
  ARGON2_ITERATIONS: v.optional(envInteger(1, 20), '2'),
  ARGON2_PARALLELISM: v.optional(envInteger(1, 16), '1'),
  /** No password is found right or wrong earlier, in milliseconds: for as long as imported hashes take longer (SR-15). */
  PASSWORD_CHECK_MIN_MS: v.optional(envInteger(0, 2000), '0'),
} as const;

const PasswordEnvSchema = v.object(passwordEnv);
type PasswordEnv = v.InferOutput<typeof PasswordEnvSchema>;

/** Memory and passes that are as good as one another (OWASP); less of one needs more of the other. */
const sufficient = [
  { memoryKib: 47_104, iterations: 1 },
  { memoryKib: 19_456, iterations: 2 },
  { memoryKib: 12_288, iterations: 3 },
] as const;

/** What is wrong with the costs together: variable and problem. */
export function passwordProblems(env: PasswordEnv): [variable: keyof PasswordEnv, problem: string][] {
  const { ARGON2_MEMORY_KIB: memory, ARGON2_ITERATIONS: iterations } = env;
  if (sufficient.some((least) => memory >= least.memoryKib && iterations >= least.iterations)) return [];
  return [['ARGON2_ITERATIONS', 'too few for that memory: 1 from 47104 KiB, 2 from 19456, 3 from 12288']];
}

import { readFileSync } from 'node:fs';
import { DomainError } from '@bank/domain';
import type { Logger, Metrics } from '@bank/observability';
import * as v from 'valibot';
import { reloadOnChange } from '#rpc/reload-files.ts';

const uri = /^spiffe:\/\/[a-z0-9.-]+(?:\/[A-Za-z0-9._-]+)+$/;
const method = /^[a-z0-9_.]+\.[A-Za-z]\w*\/[A-Za-z]\w*$/;
const field = /^[a-z][A-Za-z0-9]*$/;

const MethodName = v.pipe(v.string(), v.regex(method, 'method'));

const CallerSchema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/, 'name')),
  methods: v.array(MethodName),
  audiences: v.optional(v.array(v.string()), []),
  fields: v.optional(v.record(MethodName, v.array(v.pipe(v.string(), v.regex(field, 'field')))), {}),
});

const CallerTableSchema = v.record(
  v.pipe(v.string(), v.regex(uri, 'spiffe_uri')),
  v.pipe(
    CallerSchema,
    v.check(({ fields, methods }) => Object.keys(fields).every((name) => methods.includes(name)), 'fields_of_methods'),
  ),
);

const noFields: ReadonlySet<string> = new Set();

/** An app that may call, as the mounted table says. */
export interface Caller {
  readonly name: string;
  readonly methods: ReadonlySet<string>;
  /** The audiences of users' tokens that it may forward; none unless the table says so. */
  readonly audiences: readonly string[];
  /** The fields of a method's answer that it may see, by their JSON names; none unless the table says so. */
  fieldsOf(methodName: string): ReadonlySet<string>;
}

export interface CallerTable {
  /** Who calls. @throws access.caller.unknown unless the table lists this method for that certificate */
  authorise(peerUri: string | undefined, methodName: string): Caller;
  /** What the table calls the holder of a certificate; the URI itself where it lists none. */
  nameOf(peerUri: string | undefined): string;
  close(): void;
}

interface CallerTableOptions {
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'watchFile'>;
  readonly pollMs?: number;
}

/**
 * The table of callers: SAN URI of the certificate → name, methods, audiences and fields. What is not listed is refused.
 * The file is read again when it changes; one that cannot be read leaves the old table in force.
 * @throws Error when the file cannot be read at the start
 */
export function openCallerTable(file: string, { logger, metrics, pollMs }: CallerTableOptions): CallerTable {
  let callers = readCallers(file);
  const close = reloadOnChange({ name: 'caller table', files: [file], logger, metrics, pollMs }, () => {
    callers = readCallers(file);
    logger.info({ component: 'rpc', entries: callers.size }, 'caller table reloaded');
  });
  return {
    authorise(peerUri, methodName) {
      const caller = peerUri === undefined ? undefined : callers.get(peerUri);
      if (caller === undefined || !caller.methods.has(methodName)) {
        const reason =
          caller === undefined ? 'certificate not in the caller table' : `${caller.name} may not call this`;
        throw new DomainError('access.caller.unknown', { reason });
      }
      return caller;
    },
    nameOf: (peerUri = 'unknown') => callers.get(peerUri)?.name ?? peerUri,
    close,
  };
}

function readCallers(file: string): ReadonlyMap<string, Caller> {
  const result = v.safeParse(CallerTableSchema, JSON.parse(readFileSync(file, 'utf8')));
  if (!result.success) {
    throw new Error(`the caller table is not valid at ${v.getDotPath(result.issues[0]) ?? 'its root'}`);
  }
  return new Map(Object.entries(result.output).map(([peerUri, caller]) => [peerUri, toCaller(caller)]));
}

function toCaller({ name, methods, audiences, fields }: v.InferOutput<typeof CallerSchema>): Caller {
  const listed = new Map(Object.entries(fields).map(([methodName, names]) => [methodName, new Set(names)]));
  return { name, methods: new Set(methods), audiences, fieldsOf: (methodName) => listed.get(methodName) ?? noFields };
}

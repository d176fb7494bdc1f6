import { uuidv7 } from '@bank/domain';
import type pg from 'pg';

interface Message {
  readonly destination: string;
  readonly type: string;
  readonly dataschema: string;
  readonly data: unknown;
}

const traceparent = '00-00000000000000000000000000000001-0000000000000001-01';

/** Messages like the last ones of these types that an app wrote, to be written again about somebody. @throws Error when there is none */
export async function messagesLike(
  pool: pg.Pool,
  types: readonly string[],
  app: 'auth' | 'mfa' = 'auth',
): Promise<(client: pg.ClientBase, subject: string) => Promise<unknown>> {
  const messages: Message[] = [];
  for (const type of types) {
    const { rows } = await pool.query<Message>(
      `select destination, type, dataschema, data from ${app}.outbox where type = $1 order by id desc limit 1`,
      [type],
    );
    const [message] = rows;
    if (message === undefined) throw new Error(`${app} has written no ${type}`);
    messages.push(message);
  }
  return (client, subject) => {
    const rows = messages.map((message) => ({ id: uuidv7(), subject, ...message }));
    const append = `select ${app}.append_outbox($1, $2, $3, $4)`;
    return client.query(append, [app, uuidv7(), traceparent, JSON.stringify(rows)]);
  };
}

import { request, type TestApp } from '@bank/composition/testing';
import type { AppContext } from '#context.ts';
import { type Staff, staffOf } from './admin-app.ts';

/** Why, as a member of staff would put it. */
export const reason = 'Asked for by letter, identity proven at the branch.';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Speaks to the approval routes of one app. */
export function approvalsOf(app: TestApp<AppContext>) {
  const send = async (method: string, path: string, { token }: Staff, body?: object): Promise<Answer> => {
    const answer = await request(app.service, method, `/v1/admin${path}`, { token, ...(body && { body }) });
    return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
  };
  return {
    send,
    /** Asks for a user to be suspended, and gives the id of the approval. */
    async ask(userId: string, maker: Staff = staffOf(app, 'admin')): Promise<string> {
      const { body } = await send('POST', `/users/${userId}/suspend`, maker, { reason });
      return String(body['approvalId']);
    },
    decide: (id: string, how: 'approve' | 'reject', checker: Staff = staffOf(app, 'admin'), body: object = {}) =>
      send('POST', `/approvals/${id}/${how}`, checker, body),
    /** Where it stands, by the row. */
    async rowOf(id: string) {
      const rows = await app.database.query<{ status: string; checker_id: string | null; request: string }>(
        'select * from admin.approvals where id = $1',
        [id],
      );
      return rows[0];
    },
  };
}

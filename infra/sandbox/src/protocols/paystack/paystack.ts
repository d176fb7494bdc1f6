import { type Context, Hono } from 'hono';
import { answer, type Words } from '#protocols/lookups/answer.ts';
import { ghanaianBanks, nigerianBanks } from '#protocols/lookups/banks.ts';
import { documented, type Holders } from '#protocols/lookups/outcomes.ts';
import type { HttpProtocol } from '#protocols/protocol.ts';

interface PaystackOptions {
  readonly secretKey: string;
  readonly holders: Holders;
  readonly slowMs: number;
}

const countries = { nigeria: nigerianBanks, ghana: ghanaianBanks } as const;

/** Paystack's `GET /bank` by cursor and `GET /bank/resolve`. */
export class PaystackProtocol implements HttpProtocol {
  readonly name = 'paystack';
  readonly outcomes = documented('paystack');
  readonly routes = new Hono();
  readonly #options: PaystackOptions;
  readonly #stopping = new AbortController();

  constructor(options: PaystackOptions) {
    this.#options = options;
    this.routes.use(async (context, next) => {
      if (context.req.header('authorization') === `Bearer ${options.secretKey}`) return await next();
      return context.json(
        { status: false, message: 'Invalid key', type: 'validation_error', code: 'invalid_Key' },
        401,
      );
    });
    this.routes.get('/bank', (context) => this.#list(context));
    this.routes.get('/bank/resolve', (context) => this.#resolve(context));
  }

  stop(): void {
    this.#stopping.abort();
  }

  #list(context: Context): Response {
    const { country = 'nigeria', perPage = '50', use_cursor: byCursor, next } = context.req.query();
    const banks = country === 'nigeria' || country === 'ghana' ? countries[country] : undefined;
    if (banks === undefined) return context.json({ status: false, message: 'Country is invalid' }, 400);
    const known = banks.filter(({ paystack }) => paystack !== undefined);
    // Shorter pages than were asked for, so that whoever reads the first alone is found out.
    const size = Math.min(Number(perPage), 4);
    const start = byCursor === 'true' && next !== undefined ? Number(next.slice('page:'.length)) : 0;
    const end = byCursor === 'true' ? start + size : known.length;
    const data = known.slice(start, end).map(({ name, paystack }, index) => ({
      ...{ id: start + index + 1, name, slug: name.toLowerCase().replaceAll(' ', '-'), code: paystack, longcode: '' },
      ...{ gateway: null, pay_with_bank: false, active: true, is_deleted: false, country, currency: 'NGN' },
      type: country === 'ghana' ? 'ghipss' : 'nuban',
    }));
    const following = end < known.length ? `page:${end}` : null;
    return context.json({
      status: true,
      message: 'Banks retrieved',
      data,
      meta: { next: following, previous: null, perPage: size },
    });
  }

  async #resolve(context: Context): Promise<Response> {
    const { account_number: number = '', bank_code: code = '' } = context.req.query();
    const { holders, slowMs } = this.#options;
    const isKnown = [...nigerianBanks, ...ghanaianBanks].some(({ paystack }) => paystack === code);
    if (!isKnown) {
      return context.json({ status: false, message: `Unknown bank code: ${code}`, code: 'unknown_bank_code' }, 422);
    }
    const slowness = { slowMs, signal: this.#stopping.signal };
    return await answer(context, holders.outcomeOf('paystack', number), wordsFor(number), slowness);
  }
}

function wordsFor(number: string): Words {
  return {
    found: (name) => ({
      status: true,
      message: 'Account number resolved',
      data: { account_number: number, account_name: name, bank_id: 9 },
    }),
    notFound: () => ({
      status: 422,
      body: {
        status: false,
        message: 'Could not resolve account name. Check parameters or try again.',
        type: 'validation_error',
        code: 'invalid_bank_code',
      },
    }),
    failed: () => ({ status: false, message: 'An error occurred', type: 'api_error' }),
  };
}

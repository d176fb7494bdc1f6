import { type Context, Hono } from 'hono';
import { billers, categories, itemsOf } from '#protocols/flutterwave/billers.ts';
import { answer, type Words } from '#protocols/lookups/answer.ts';
import { nigerianBanks } from '#protocols/lookups/banks.ts';
import { documented, type Holders } from '#protocols/lookups/outcomes.ts';
import type { HttpProtocol } from '#protocols/protocol.ts';

interface FlutterwaveOptions {
  readonly secretKey: string;
  readonly holders: Holders;
  readonly slowMs: number;
}

/** Flutterwave, version 3: banks and whose accounts are, billers and whether they have a customer. */
export class FlutterwaveProtocol implements HttpProtocol {
  readonly name = 'flutterwave';
  readonly outcomes = documented('flutterwave', 'bill');
  readonly routes = new Hono();
  readonly #options: FlutterwaveOptions;
  readonly #stopping = new AbortController();

  constructor(options: FlutterwaveOptions) {
    this.#options = options;
    this.routes.use(async (context, next) => {
      if (context.req.header('authorization') === `Bearer ${options.secretKey}`) return await next();
      return context.json(failure('Invalid authorization key'), 401);
    });
    this.routes.get('/v3/banks/:country', (context) => this.#listBanks(context));
    this.routes.post('/v3/accounts/resolve', (context) => this.#resolve(context));
    this.routes.get('/v3/top-bill-categories', (context) => context.json(success('Categories fetched', categories)));
    this.routes.get('/v3/bills/:category/billers', (context) => {
      const listed = billers.filter(({ category }) => category === context.req.param('category'));
      return context.json(
        success(
          'Billers fetched',
          listed.map(({ category: _category, ...biller }) => biller),
        ),
      );
    });
    this.routes.get('/v3/billers/:biller/items', (context) => {
      const items = itemsOf(context.req.param('biller'));
      if (items.length === 0) return context.json(failure('Biller not found'), 400);
      return context.json(success('Items fetched', items));
    });
    this.routes.get('/v3/bill-items/:item/validate', (context) => this.#validate(context));
  }

  stop(): void {
    this.#stopping.abort();
  }

  #listBanks(context: Context): Response {
    const known = context.req.param('country') === 'NG' ? nigerianBanks : [];
    const banks = known
      .filter(({ flutterwave }) => flutterwave !== undefined)
      .map((bank, id) => ({ id: id + 1, code: bank.flutterwave, name: bank.flutterwaveName ?? bank.name }));
    return context.json(success('Banks fetched successfully', banks));
  }

  async #resolve(context: Context): Promise<Response> {
    const asked: unknown = await context.req.json().catch(() => undefined);
    const { account_number: number, account_bank: bank } = (asked ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof number !== 'string' || typeof bank !== 'string') {
      return context.json(failure('account_number and account_bank are required'), 400);
    }
    const isKnown = nigerianBanks.some(({ flutterwave }) => flutterwave === bank);
    const outcome = isKnown ? this.#options.holders.outcomeOf('flutterwave', number) : ({ kind: 'not_found' } as const);
    const words: Words = {
      found: (name) => success('Account details fetched', { account_number: number, account_name: name }),
      notFound: () => refused('Sorry, that account number is invalid, please check and try again'),
      failed: () => failure('Service unavailable'),
    };
    return await answer(context, outcome, words, this.#slowness());
  }

  async #validate(context: Context): Promise<Response> {
    const item = context.req.param('item') ?? '';
    const { code: biller = '', customer = '' } = context.req.query();
    const isKnown = itemsOf(biller).some(({ item_code: code }) => code === item);
    const outcome = isKnown ? this.#options.holders.outcomeOf('bill', customer) : ({ kind: 'not_found' } as const);
    const words: Words = {
      found: (name) => success('Item validated successfully', validated({ name, biller, customer, item })),
      notFound: () => refused('Invalid customer id'),
      failed: () => failure('Service unavailable'),
    };
    return await answer(context, outcome, words, this.#slowness());
  }

  #slowness() {
    return { slowMs: this.#options.slowMs, signal: this.#stopping.signal };
  }
}

function validated(asked: { name: string | null; biller: string; customer: string; item: string }): object {
  const { name, biller, customer, item } = asked;
  return {
    ...{ response_code: '00', address: null, response_message: 'Successful', name, biller_code: biller, customer },
    ...{ product_code: item, email: null, fee: 100, maximum: 0, minimum: 0 },
  };
}

function success(message: string, data: unknown): object {
  return { status: 'success', message, data };
}

function failure(message: string): object {
  return { status: 'error', message, data: null };
}

function refused(message: string): { status: 400; body: object } {
  return { status: 400, body: failure(message) };
}

import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { translateFailure } from '#connection/failures.ts';

/** The PostgreSQL driver, whose failures that pass by themselves are `service.unavailable`. */
export class TranslatingDriver extends PostgreSqlDriver {
  protected override rethrow<T>(promise: Promise<T>): Promise<T> {
    return promise.catch((error: Error) => {
      const translated = translateFailure(error);
      throw translated === error ? this.convertException(error) : translated;
    });
  }
}

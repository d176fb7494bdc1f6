import { platformTablesV1, Repository, SqlMigration } from '@bank/database';
import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';

const Effect = defineEntity({
  name: 'Effect',
  tableName: 'effects',
  schema: 'device',
  properties: { id: p.bigint().primary(), eventId: p.uuid() },
});

/** A service that does one thing: it notes each event it handles, with nothing to stop it from noting one twice. */
class Counter extends SqlMigration {
  statements(): readonly string[] {
    return [
      ...platformTablesV1('device'),
      'create table device.effects (id bigserial constraint effects_pkey primary key, event_id uuid not null)',
    ];
  }
}

// It takes the place of `device`, whose queue it reads.
export const counterService = {
  service: 'device' as const,
  entities: [Effect],
  migrations: [{ name: '1-counter', class: Counter }],
};

class EffectRepository extends Repository {
  async note(eventId: string): Promise<void> {
    await this.affected('insert into device.effects (event_id) values (?)', [eventId]);
  }
}

export const repositories = (em: EntityManager) => ({ effects: new EffectRepository(em) });

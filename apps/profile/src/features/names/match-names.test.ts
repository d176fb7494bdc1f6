import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldWords } from './fold-words.ts';
import { type LegalName, matchNames } from './match-names.ts';

const ada: LegalName = { givenName: 'Ada', middleName: null, familyName: 'Lovelace' };
const full: LegalName = { givenName: 'Ada', middleName: 'King', familyName: 'Lovelace' };
const legal = (givenName: string, familyName: string, middleName: string | null = null): LegalName => {
  return { givenName, middleName, familyName };
};

describe('exact: the same words', () => {
  test.each([
    [ada, 'Ada Lovelace'],
    [ada, 'LOVELACE ADA'],
    [ada, 'LOVELACE, ADA'],
    [ada, '  ada   LOVELACE '],
    [ada, 'MRS. ADA LOVELACE'],
    [ada, 'Chief (Dr) Lovelace Ada Jr'],
    [full, 'LOVELACE ADA KING'],
    [legal('José', 'Muñoz'), 'JOSE MUNOZ'],
    [legal('Jose', 'Munoz'), 'José Muñoz'],
    [legal('Sinéad', "O'Connor"), 'SINEAD OCONNOR'],
    [legal('Sinéad', 'O’Connor'), "Sinead O'Connor"],
    [legal('Oluwaṣeun', 'Adébáyọ̀'), 'ADEBAYO OLUWASEUN'],
    [legal('Bjørn', 'Łukasz'), 'LUKASZ BJORN'],
    [legal('Günter', 'Weiß'), 'GUNTER WEISS'],
    [legal('Tunde', 'Adeyemi-Ojo'), 'ADEYEMI OJO TUNDE'],
    [legal('Tunde', 'Adeyemi-Ojo'), 'ADEYEMIOJO TUNDE'],
    [legal('Anne Marie', 'Obi'), 'ANNEMARIE OBI'],
    [legal('Annemarie', 'Obi'), 'ANNE MARIE OBI'],
    [legal('小龍', '李'), '李 小龍'],
    [legal('Ada', 'Lovelace', 'Prince'), 'LOVELACE ADA PRINCE'],
    [{ givenName: 'Suharto', middleName: null, familyName: null }, 'SUHARTO'],
    [{ givenName: null, middleName: null, familyName: 'Chief' }, 'Chief'],
  ])('%j and %s', (name, printed) => {
    expect(matchNames(name, printed)).toBe('exact');
  });
});

describe('likely: nothing speaks against it', () => {
  test.each([
    [ada, 'ADA KING LOVELACE'],
    [ada, 'LOVELACE ADA KING NOEL'],
    [ada, 'A. LOVELACE'],
    [ada, 'ADA K LOVELACE'],
    [full, 'ADA LOVELACE'],
    [full, 'ADA K. LOVELACE'],
    [full, 'A K LOVELACE'],
    [legal('Chukwuemeka', 'Obi'), 'CHUKWUEMEKE OBI'],
    [legal('Oluwaseun', 'Adebayo'), 'OLUWASUEN ADEBAYO'],
    [legal('Gabriel', 'García Márquez'), 'GABRIEL GARCIA'],
    [legal('Gabriel José', 'García Márquez'), 'GABRIEL GARCIA'],
    [legal('Ada', 'Lovelace'), 'ADA LOVELACE AND CHARLES BABBAGE'],
  ])('%j and %s', (name, printed) => {
    expect(matchNames(name, printed)).toBe('likely');
  });
});

test('SR-65: a list of names is not whoever bears one of them', () => {
  const names = 'Adeyemi Bello Eze Ibrahim Lawal Mohammed Musa Ojo Okafor Okeke Okoro Sani';
  expect(matchNames(legal('A', names), 'ADA OKAFOR')).toBe('different');
  expect(matchNames(legal('Ada', 'Bello Eze Okafor Okeke'), 'ADA OKAFOR')).toBe('different');
});

describe('different: another person', () => {
  test.each([
    [ada, 'GRACE HOPPER'],
    [ada, 'GRACE LOVELACE'],
    [ada, 'ADA HOPPER'],
    [ada, 'ADA'],
    [ada, 'LOVELACE'],
    [ada, 'L ADA'],
    [ada, 'A L'],
    [ada, 'LOVELACE ADA ONE TWO THREE'],
    [full, 'ADA GRACE LOVELACE'],
    [full, 'KING LOVELACE'],
    [legal('Bola', 'Ojo'), 'BOLU OJO'],
    [legal('Adaeze', 'Okoro'), 'ADAEZI OKORA'],
    [legal('小龍', '李'), 'LI XIAOLONG'],
    [ada, ''],
    [ada, '...'],
    [{ givenName: null, middleName: null, familyName: null }, 'ADA'],
    [{ givenName: 'Suharto', middleName: null, familyName: null }, 'SUHARTO SUKARNO'],
  ])('%j and %s', (name, printed) => {
    expect(matchNames(name, printed)).toBe('different');
  });
});

describe('laws', () => {
  const word = fc.stringMatching(/^[a-z]{3,9}$/);
  const name = fc.record({ givenName: word, middleName: fc.option(word), familyName: word });
  const printed = ({ givenName, middleName, familyName }: LegalName) =>
    [givenName, middleName, familyName].filter((one) => one !== null).join(' ');

  test('a name is exactly itself, in any order, case and form', () => {
    fc.assert(
      fc.property(name, fc.boolean(), (one, isUpper) => {
        const words = printed(one).split(' ').reverse().join(', ');
        expect(matchNames(one, isUpper ? words.toUpperCase() : words.normalize('NFD'))).toBe('exact');
      }),
    );
  });

  test('names without a common letter are different', () => {
    const [low, high] = [fc.stringMatching(/^[a-m]{3,9}$/), fc.stringMatching(/^[n-z]{3,9}$/)];
    fc.assert(
      fc.property(low, low, high, high, (givenName, familyName, other, another) => {
        expect(matchNames(legal(givenName, familyName), `${other} ${another}`)).toBe('different');
      }),
    );
  });

  test('what is exact has the same words, and what lacks one is never exact', () => {
    fc.assert(
      fc.property(name, fc.string(), (one, text) => {
        const found = matchNames(one, text);
        if (found === 'exact') expect(foldWords(text).join('').length).toBe(foldWords(printed(one)).join('').length);
        const without = `${one.givenName} ${one.familyName}`;
        if (one.middleName !== null) expect(matchNames(one, without)).not.toBe('exact');
      }),
    );
  });

  test('any text has an answer', () => {
    const text = fc.option(fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(text, text, text, fc.string({ unit: 'grapheme' }), (givenName, middleName, familyName, other) => {
        expect(['exact', 'likely', 'different']).toContain(matchNames({ givenName, middleName, familyName }, other));
      }),
    );
  });
});

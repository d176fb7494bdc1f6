// Accents and vowel points that their scripts can do without. The vowel signs of Indic scripts and the voicing marks of kana stay:
// without them a word is another word.
const optionalMarks = /(?![\u3099\u309A])[\p{M}&&[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Hebrew}]]/gv;
/** Signs within a word, which one writes and another leaves out. */
const withinWords = /['’ʼ·\p{Join_Control}]/gu;
const betweenWords = /[^\p{L}\p{M}\p{N}]+/u;

/**
 * The words of a name in the form in which they are compared: compatibility decomposition (UAX 15), optional marks stripped, case
 * folded, and composed again; scripts stay as they are. `José` is `jose`, `O’Neil` is `oneil`, `Anne-Marie` two words.
 */
export function wordsOf(text: string): string[] {
  return fold(text)
    .split(betweenWords)
    .filter((word) => word !== '');
}

/** Letters as people count them: a syllable of Hangul is one. */
export function lettersOf(word: string): string[] {
  return [...word];
}

function fold(text: string): string {
  const bare = text.normalize('NFKD').replace(optionalMarks, '').replace(withinWords, '');
  // Upper case first: what has no lower case of its own (ß, ı, ﬁ) becomes the letters that it stands for.
  const folded = bare.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return folded.normalize('NFKD').replace(optionalMarks, '').normalize('NFC');
}

import { createRequire } from 'node:module';
import Sentiment from 'sentiment';

const require = createRequire(import.meta.url);

/**
 * 3,000 sentences of reviews (Amazon, IMDb, Yelp), half of them good: [{ text, isGood }],
 * the three kinds in turn. The environment variable SENTENCES says how many are taken at
 * most, for a quick try.
 */
export function loadReviews() {
  const most = Number(process.env.SENTENCES ?? 3000);
  if (!(most >= 200))
    throw new Error(`SENTENCES: expected a number of at least 200, received '${process.env.SENTENCES}'.`);
  const kinds = ['amazon', 'imdb', 'yelp'].map((name) =>
    require(`sentiment/test/fixtures/${name}.json`).filter(({ text }) => text),
  );
  const inTurn = kinds[0].flatMap((_, i) => kinds.map((kind) => ({ text: kind[i].text, isGood: kind[i].class === 1 })));
  return inTurn.slice(0, most);
}

const list = new Sentiment();

/**
 * What the word list of the package says, without any training: whether a text is good.
 */
export function wordList(text) {
  return list.analyze(text).comparative >= 0;
}

/** The words that occur at least `times` times, the most frequent ones first. */
export function vocabularyOf(texts, times) {
  const counts = new Map();
  for (const word of texts.flatMap(wordsOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = [...counts].filter(([, count]) => count >= times);
  return frequent.sort((a, b) => b[1] - a[1]).map(([word]) => word);
}

/**
 * A text as `length` numbers: 0 before a short text, 1 for a word that is not in the
 * vocabulary, 2 and more for the others.
 */
export function encode(text, vocabulary, length) {
  const numbers = wordsOf(text).map((word) => vocabulary.indexOf(word) + 2);
  return [...Array(length).fill(0), ...numbers].slice(-length);
}

function wordsOf(text) {
  return text.toLowerCase().match(/[a-z]+(?:'[a-z]+)?|\d+/g) ?? [];
}

// The query language of the search box: `saver:tf2.15 -verdict:same "free text" word`. Owns its
// grammar and which cells a query matches; `complete.js` owns the suggestions.

const KEYS = {
  saver: "the environment that saved the file",
  loader: "the environment that loads it",
  environment: "either of them",
  model: "the model",
  format: "the format of the file",
  verdict: "what became of the load",
  cause: "why it is not the same",
};
// A filter with its values, a phrase, or a word. Every repetition starts differently from what may
// follow it, so that no input takes long.
const TERM = /(-?)([a-z]+):((?:"(?:\\["\\]|[^"])*"?|[^\s",]|,)+)|(-?)"((?:\\["\\]|[^"])*)"?|\S+/giu;
const VALUE = /"((?:\\["\\]|[^"])*)"?|[^",]+/g;
const unescaped = (quoted) => quoted.replace(/\\(["\\])/g, "$1");
const trimmed = (word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
// A value as it has to be typed.
const quotedValue = (name) => (/[\s",\\]/.test(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : name);

// The names that each key can have, with the number of their cells, in the order of the page.
let knownNames = null;

function namesOf(key) {
  if (!knownNames) {
    const verdicts = Object.keys(block.verdicts).map((word) => [word, 0]);
    knownNames = new Map(Object.keys(KEYS).map((one) => [one, new Map(one === "verdict" ? verdicts : [])]));
    const count = (one, name) => name && knownNames.get(one).set(name, (knownNames.get(one).get(name) ?? 0) + 1);
    for (const cell of cells) {
      for (const one of ["verdict", ...FACETS]) count(one, valueOf(cell, one));
      count("environment", cell.saver);
      if (cell.loader !== cell.saver) count("environment", cell.loader);
    }
  }
  return knownNames.get(key);
}

const isDigit = (character) => /^\p{N}$/u.test(character);
const isLetter = (character) => /^\p{L}$/u.test(character);
const joins = (left, right) =>
  (isDigit(left) && isDigit(right)) || (isLetter(left) && isLetter(right)) || (left === "." && isDigit(right));

// Whether a name has the value as whole words and numbers: "tf2.15-py3.11" has "2.15", not "2.1" or "15".
function hasPart(name, value) {
  for (let at = name.indexOf(value); at >= 0; at = name.indexOf(value, at + 1)) {
    if (!joins(name[at - 1] ?? "", value[0]) && !joins(value.at(-1), name[at + value.length] ?? "")) return true;
  }
  return false;
}

// Whether a name is like a value with `*` in it; by hand, because a regular expression of many stars can take for ever.
function matchesGlob(name, value) {
  const [first, ...parts] = value.split("*");
  const last = parts.pop();
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false;
  let rest = name.slice(first.length, name.length - last.length);
  return parts.every((part) => {
    const at = rest.indexOf(part);
    rest = rest.slice(at + part.length);
    return at >= 0;
  });
}

// What the page calls a verdict, a format or an environment; other names are their own labels.
function labelOf(key, name) {
  if (key === "verdict") return block.verdicts[name][1];
  const labels = block.names[key === "saver" || key === "loader" ? "environment" : key] ?? {};
  return Object.hasOwn(labels, name) ? labels[name] : name;
}

// The names that a typed value stands for: the very name or label, else all with this part.
function namesLike(key, typed) {
  const value = typed.toLowerCase();
  const names = [...namesOf(key).keys()];
  const called = (name) => [name, labelOf(key, name)].map((one) => one.toLowerCase());
  const exact = names.filter((name) => called(name).includes(value));
  if (exact.length) return exact;
  const test = value.includes("*") ? matchesGlob : hasPart;
  return names.filter((name) => called(name).some((one) => test(one, value)));
}

// How many letters have to change to make the value a part of the name, and to make it the name.
function distances(value, name) {
  const from = (start) => {
    let row = Array.from({ length: name.length + 1 }, (_, at) => (start ? 0 : at));
    for (let i = 1; i <= value.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= name.length; j += 1) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (value[i - 1] === name[j - 1] ? 0 : 1));
      }
      row = next;
    }
    return row;
  };
  return [Math.min(...from(true)), from(false).at(-1)];
}

// The name that is most like what is typed, or null if none has a letter in common.
function nearest(typed, names) {
  const value = typed.toLowerCase().slice(0, 60);
  const scored = names.map((name) => [distances(value, name.toLowerCase()), name]);
  const [best] = scored.sort(([[a, c]], [[b, d]]) => a - b || c - d);
  return best && best[0][0] < value.length ? best[1] : null;
}

// A query as filters (key, excluded, names), words (text, excluded) and problems: what is unknown, and
// what to write instead (text, and from where to where in the query) or null.
function parseQuery(query) {
  const parsed = { filters: [], words: [], problems: [] };
  const addWord = (text, excluded) => text && parsed.words.push({ text: text.toLowerCase(), excluded });
  for (const match of query.matchAll(TERM)) {
    const [all, minus, name, values, noPhrase, phrase] = match;
    const key = name?.toLowerCase();
    if (phrase !== undefined) addWord(unescaped(phrase).trim(), noPhrase === "-");
    else if (isKey(key)) {
      const at = match.index + all.length - values.length;
      parsed.filters.push({ key, excluded: minus === "-", names: readValues(key, values, at, parsed.problems) });
    } else if (!isHalfTyped(all) || match.index + all.length < query.length) {
      addWord(trimmed(all), false);
      if (key) parsed.problems.push(unknownKey(name, match.index + minus.length));
    }
  }
  return parsed;
}

const isKey = (key) => Object.hasOwn(KEYS, key ?? "");
// A filter before its value is typed.
const isHalfTyped = (term) => term.endsWith(":") && isKey(term.replace(/^-/, "").slice(0, -1).toLowerCase());

function unknownKey(name, from) {
  const near = nearest(name, Object.keys(KEYS));
  const instead = near && { text: near, from, to: from + name.length };
  return { says: `\u201c${name}:\u201d is not a filter and is searched as text.`, instead };
}

function readValues(key, values, start, problems) {
  const names = new Set();
  for (const { 0: typed, 1: quoted, index } of values.matchAll(VALUE)) {
    const value = quoted === undefined ? typed : unescaped(quoted);
    const like = value ? namesLike(key, value) : [];
    for (const name of like) names.add(name);
    if (like.length || !value) continue;
    const near = nearest(value, [...namesOf(key).keys()]);
    const instead = near && { text: quotedValue(near), from: start + index, to: start + index + typed.length };
    problems.push({ says: `No ${key} is called \u201c${value}\u201d.`, instead });
  }
  return names;
}

const namesInCell = (cell, key) => (key === "environment" ? [cell.saver, cell.loader] : [valueOf(cell, key)]);

// Returns a test for cells: one name of every key, no excluded name, every word.
function queryTest({ filters, words }) {
  const [wanted, unwanted] = [new Map(), new Map()];
  for (const { key, excluded, names } of filters) {
    const sets = excluded ? unwanted : wanted;
    sets.set(key, new Set([...(sets.get(key) ?? []), ...names]));
  }
  const [some, none] = [[...wanted], [...unwanted]];
  const has = (cell, [key, names]) => namesInCell(cell, key).some((name) => names.has(name));
  const hasWords = wordTest(words);
  return (cell) => some.every((one) => has(cell, one)) && !none.some((one) => has(cell, one)) && hasWords(cell);
}

// Finds cells by words and by a pasted error. Works on the distinct texts of the page and on the kinds of
// cells, which are few, instead of on the cells, which are many.

const errorsOf = ({ row, attempts }) => [row[9], ...attempts.map((number) => block.attempts[number][7])].filter((error) => error !== 0);

// The numbers of the texts of a kind that a search looks in.
function textNumbers(kind) {
  const { row } = kind;
  const found = row.slice(0, 3);
  for (const error of errorsOf(kind)) found.push(error[0], error[1]);
  for (const cause of [row[12], row[13]]) {
    if (cause) found.push(block.causes[cause][0], block.causes[cause][2]);
  }
  return found;
}

let numbersOfKinds = null;
let lowerTexts = null;

function prepareSearch() {
  numbersOfKinds ??= kinds.map(textNumbers);
  lowerTexts ??= block.texts.map((one) => one.toLowerCase());
}

// Returns a test for cells that have the word in some text, or in their id. A word that is in an id, but in
// none of the names that the id is made of, has a slash or a dot.
function oneWordTest(word) {
  const inText = Uint8Array.from(lowerTexts, (one) => (one.includes(word) ? 1 : 0));
  const inKind = Uint8Array.from(numbersOfKinds, (numbers) => (numbers.some((one) => inText[one]) ? 1 : 0));
  const inName = (name) => name.toLowerCase().includes(word);
  const inFile = new Map(files.map((file) => [file, inName(file.saver) || inName(file.model) || inName(file.format)]));
  const inLoader = new Map(axes.map(({ name }) => [name, inName(name)]));
  const spans = /[./]/.test(word);
  return (cell) => inKind[cell.kind.number] === 1 || inFile.get(cell.file) || inLoader.get(cell.loader) || (spans && inName(cell.id));
}

// Returns a test for cells that have every word, or must not have it.
function wordTest(words) {
  if (!words.length) return () => true;
  prepareSearch();
  const wanted = words.map(({ text: word, excluded }) => ({ excluded, test: oneWordTest(word) }));
  return (cell) => wanted.every(({ excluded, test }) => test(cell) !== excluded);
}

// A pasted traceback without its frames: the last exception with what follows it, else everything.
function errorPart(pasted) {
  const lines = pasted.split(/\r?\n/);
  const isError = (line) => /^\s*(E\s+)?[\w.]*(Error|Exception|Interrupt|Warning)\b\s*:/.test(line);
  const last = lines.findLastIndex(isError);
  const kept = last < 0 ? lines : lines.slice(last);
  return kept.filter((line) => !/^\s*(File "|Traceback \()/.test(line)).join(" ");
}

const errorWords = (message) => new Set(message.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_]{2,}/gu) ?? []);

// Every distinct message with its words, and how much each word says: rare words say most.
let messages = null;

function prepareErrors() {
  if (messages) return;
  const found = new Map();
  for (const kind of kinds) {
    for (const error of errorsOf(kind)) {
      const key = error[1];
      if (!found.has(key)) found.set(key, { words: errorWords(`${text(error[0])} ${text(key).slice(0, 1000)}`), kinds: [] });
      found.get(key).kinds.push(kind);
    }
  }
  const counts = new Map();
  for (const { words } of found.values()) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weigh = (word) => Math.log(1 + found.size / counts.get(word));
  const sum = (words) => [...words].reduce((all, word) => all + weigh(word), 0);
  for (const one of found.values()) one.weight = sum(one.words);
  messages = { list: [...found.values()], counts, weigh, sum };
}

const LIKE = 0.55; // of 1: how much of the pasted message a measured one has, and little else
const NEAR = 0.85; // of the best match
let lastError = { pasted: "", hits: null };

// The kinds of cells with the error, or null where nothing is pasted.
function kindsWithError(pasted) {
  if (!pasted) return null;
  if (lastError.pasted === pasted) return lastError.hits;
  prepareErrors();
  const asked = [...errorWords(errorPart(pasted))].filter((word) => messages.counts.has(word));
  const weight = messages.sum(asked);
  const scored = messages.list.map((one) => {
    const shared = messages.sum(asked.filter((word) => one.words.has(word)));
    return [(0.7 * shared) / (weight || 1) + (0.3 * shared) / Math.sqrt(weight * one.weight || 1), one];
  });
  const best = Math.max(0, ...scored.map(([score]) => score));
  const hits = new Set();
  for (const [score, one] of scored) {
    if (score >= LIKE && score >= best * NEAR) for (const kind of one.kinds) hits.add(kind);
  }
  lastError = { pasted, hits };
  return hits;
}

function causeItem(id, list) {
  const sentence = readDetails(list[0]).cause.sentence;
  const worked = new Map();
  for (const cell of list) {
    for (const one of readDetails(cell).remedies) {
      if (one.state === "worked") worked.set(one.what, (worked.get(one.what) ?? 0) + 1);
    }
  }
  const best = [...worked].sort((a, b) => b[1] - a[1])[0];
  return make(
    "li",
    {},
    `${sentence} `,
    make("a", { href: `#?cause=${encodeURIComponent(id)}` }, `${number(list.length)} cells`),
    best ? make("p", { class: "advice" }, `${best[0]} Worked for ${number(best[1])} of ${number(list.length)}.`) : null,
  );
}

// Says what the pasted error comes from, the most frequent cause first.
function showErrorCauses(pasted, found) {
  const place = byId("error-causes");
  if (!pasted) return place.replaceChildren();
  const causes = new Map();
  for (const cell of found.filter((one) => one.cause)) {
    if (!causes.has(cell.cause)) causes.set(cell.cause, []);
    causes.get(cell.cause).push(cell);
  }
  const sorted = [...causes].sort((a, b) => b[1].length - a[1].length).slice(0, 3);
  const head = found.length
    ? `${number(found.length)} cells raised this error or one like it.`
    : "No cell raised an error like this. Paste its last lines, or measure your own file: crossload check FILE";
  place.replaceChildren(make("p", {}, head), make("ul", {}, ...sorted.map(([id, list]) => causeItem(id, list))));
}

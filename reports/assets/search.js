// Finds cells by words and by a pasted error. Works on the distinct texts of the page, which are few,
// instead of on the cells, which are many.

// The numbers of the texts of a cell that a search looks in.
function textNumbers(row) {
  const found = [...row.slice(0, 6), row[18]];
  for (const error of [row[12], ...row[14].map((attempt) => attempt[8])]) {
    if (error !== 0) found.push(error[0], error[1]);
  }
  for (const cause of [row[15], row[16]]) {
    if (cause) found.push(block.causes[cause][0], block.causes[cause][2]);
  }
  return found;
}

let numbersOfCells = null;
let lowerTexts = null;

function prepareSearch() {
  numbersOfCells ??= block.cells.map(textNumbers);
  lowerTexts ??= block.texts.map((one) => one.toLowerCase());
}

// Returns a test for cells that have every word (or must not have it) in some text, or in their id.
function wordTest(words) {
  if (!words.length) return () => true;
  prepareSearch();
  const wanted = words.map(({ text: word, excluded }) => ({
    word,
    excluded,
    hit: Uint8Array.from(lowerTexts, (one) => (one.includes(word) ? 1 : 0)),
  }));
  const has = (cell, { word, hit }) => numbersOfCells[cell.index].some((one) => hit[one]) || cell.id.toLowerCase().includes(word);
  return (cell) => wanted.every((one) => has(cell, one) !== one.excluded);
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
  block.cells.forEach((row, index) => {
    for (const error of [row[12], ...row[14].map((attempt) => attempt[8])]) {
      if (error === 0) continue;
      const key = error[1];
      if (!found.has(key)) found.set(key, { words: errorWords(`${text(error[0])} ${text(key).slice(0, 1000)}`), cells: new Set() });
      found.get(key).cells.add(index);
    }
  });
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

// The numbers of the cells with the error, or null where nothing is pasted.
function cellsWithError(pasted) {
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
    if (score >= LIKE && score >= best * NEAR) for (const index of one.cells) hits.add(index);
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

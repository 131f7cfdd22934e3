// Finds cells by words and by a pasted error, which `errors.js` looks up first. Works on the distinct texts of the page and on the kinds of
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

// A pasted error as the address has it, in which a whole traceback could not be sent: its last exception is
// enough, of a long one both ends, as the reason stands at its end.
const ERROR_LIMIT = 600;
const bothEnds = (message) =>
  message.length > ERROR_LIMIT ? `${message.slice(0, ERROR_LIMIT / 3)} \u2026 ${message.slice((-2 * ERROR_LIMIT) / 3)}` : message;
let lastPasted = { short: "", whole: "" };

function shortenPasted(whole) {
  lastPasted = { short: bothEnds(inOneLine(readPasted(whole).last)), whole };
  return lastPasted.short;
}

// What was pasted here, or what somebody else's address has of it.
const wholeOf = (short) => (short === lastPasted.short ? lastPasted.whole : short);

// Names of folders and addresses say nothing of an error.
const PLACES = /[^\s'"`=(),]*[\\/][^\s'"`(),]*/g;
const errorWords = (message) => new Set(message.replace(PLACES, " ").toLowerCase().match(/[\p{L}_][\p{L}\p{N}_]{2,}/gu) ?? []);
const isType = (word) => /(error|exception|warning)$/.test(word);

// Every distinct message with its words, and how much each word says: rare words say most.
let messages = null;

function prepareErrors() {
  if (messages) return;
  const found = new Map();
  for (const kind of kinds) {
    for (const error of errorsOf(kind)) {
      const key = error[1];
      const made = () => ({ words: errorWords(`${text(error[0])} ${text(key).slice(0, 1000)}`), kinds: [] });
      kept(found, key, made).kinds.push(kind);
    }
  }
  const counts = new Map();
  for (const { words } of found.values()) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weigh = (word) => (counts.has(word) ? Math.log(1 + found.size / counts.get(word)) : Math.log(1 + found.size) / 2);
  const sum = (words) => [...words].reduce((all, word) => all + weigh(word), 0);
  for (const one of found.values()) one.weight = sum(one.words);
  messages = { list: [...found.values()], counts, weigh, sum };
}

const LIKE = 0.55; // of 1: how much of the pasted message a measured one has, and little else
const NEAR = 0.85; // of the best match
let lastError = { whole: "", fits: [], hits: null };

const ERRORS_LIKE = 2; // words besides the exception that a message like it shares

// The kinds of cells that raised such a message, by its words.
function kindsLikeError(pasted) {
  prepareErrors();
  const asked = [...errorWords(pasted)];
  const weight = messages.sum(asked);
  const scored = messages.list.map((one) => {
    const words = asked.filter((word) => one.words.has(word));
    if (words.filter((word) => !isType(word)).length < ERRORS_LIKE) return [0, one];
    const shared = messages.sum(words);
    return [(0.7 * shared) / (weight || 1) + (0.3 * shared) / Math.sqrt(weight * one.weight || 1), one];
  });
  const best = Math.max(0, ...scored.map(([score]) => score));
  const hits = new Set();
  for (const [score, one] of scored) {
    if (score >= LIKE && score >= best * NEAR) for (const kind of one.kinds) hits.add(kind);
  }
  return hits;
}

// What is known of a pasted error: the causes that fit it, and the kinds of cells that have it. An error that
// the catalogue does not know is sought by its words.
function lookUpError(pasted) {
  const whole = wholeOf(pasted);
  if (lastError.whole === whole) return lastError;
  const every = causesOfError(whole);
  const withCause = kindsOfCauses(every);
  const fits = every.filter(({ id, decides }) => !decides || withCause.get(id).length);
  const hits = every.length ? new Set([...withCause.values()].flat()) : kindsLikeError(pasted);
  lastError = { whole, fits: fits.length ? fits : every, hits };
  return lastError;
}

// The kinds of cells with the error, or null where nothing is pasted.
const kindsWithError = (pasted) => (pasted ? lookUpError(pasted).hits : null);

// How the remedies of these cells fared: in how many cells they worked, worked with the model's code, failed.
function countRemedies(list) {
  const counts = new Map();
  for (const { what, state, behind } of list.flatMap((cell) => readDetails(cell).remedies)) {
    const one = kept(counts, what, () => ({ what, worked: 0, withCode: 0, failed: 0, behind: true }));
    one.behind &&= behind;
    if (state === "worked") one.worked += 1;
    if (state === "needs-code") one.withCode += 1;
    if (state === "did-not-help") one.failed += 1;
  }
  return [...counts.values()].map((one) => ({ ...one, helped: one.worked + one.withCode }));
}

const isMost = (part, whole) => 2 * part >= whole;

function helpedOf({ helped, worked, withCode }, total) {
  const words = `${number(helped)} of ${number(total)}`;
  return withCode ? `${words}, ${worked ? `${number(withCode)} of them ` : ""}with the model's code` : words;
}

// What helped in at least half of these cells, with its evidence; null if nothing did.
function workedFor(list) {
  const counts = countRemedies(list);
  const most = (key) =>
    counts.filter((one) => one[key] && isMost(one[key], list.length)).sort((a, b) => b[key] - a[key])[0];
  const best = most("worked") ?? most("helped");
  return best ? `${best.what} (worked for ${helpedOf(best, list.length)})` : null;
}

function causeItem({ id, said, decides, remedies }, list) {
  const address = writeAddress(null, { ...state.filters, cause: new Set([id]) });
  const advice = workedFor(list) ?? remedies.join("; or ");
  return make(
    "li",
    {},
    `${said} `,
    list.length ? make("a", { href: address }, `${number(list.length)} ${list.length === 1 ? "cell" : "cells"}`) : null,
    decides ? make("p", { class: "quiet" }, `It is this one if ${decides}.`) : null,
    advice ? make("p", { class: "advice" }, advice) : null,
  );
}

// Says what the pasted error comes from: what the catalogue recognises, else the most frequent causes.
function showErrorCauses(pasted, found) {
  const place = byId("error-causes");
  if (!pasted) return place.replaceChildren();
  const causes = new Map();
  for (const cell of found.filter((one) => one.cause)) {
    kept(causes, cell.cause, () => []).push(cell);
  }
  const { fits } = lookUpError(pasted);
  const sorted = [...causes].sort((a, b) => b[1].length - a[1].length);
  const likely = sorted.map(([id, list]) => ({ id, said: readDetails(list[0]).cause.sentence, decides: "", remedies: [] }));
  const shown = (fits.length ? fits : likely).slice(0, 3);
  const head = found.length
    ? `${number(found.length)} ${found.length === 1 ? "cell" : "cells"} raised this error or one like it.`
    : fits.length
      ? "No cell that is shown raised this error, but it is known."
      : "No cell raised an error like this. Paste its last lines, or measure your own file: crossload check FILE";
  place.replaceChildren(make("p", {}, head), make("ul", {}, ...shown.map((one) => causeItem(one, causes.get(one.id) ?? []))));
}

// Causes that the catalogue recognises in a pasted error. Owns the reading of such a text, the matching and the
// sentences: what runner/causes/by_error.py does for `crossload causes --error`, and in the same way. `CATALOGUE`
// is written by reports/error_patterns.py.

const RAISED = /^(?:[a-z_]\w*\.)*([A-Z]\w*|[a-z]\w*\.error): (.*)/s;
const NAMED = /^\s*(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Interrupt): /;
const FRAME = /^(?:Traceback \(most recent call last\):|  File ")/m;
const PASTED = /^(?:> ?|E   |```\w*$)/gm; // quoted, from pytest, in a fence
const LONGEST = 200_000; // characters; of a longer text the end counts
const LONGEST_JOINED = 20_000;
const LONGEST_NAME = 80;
const catalogueText = (place) => CATALOGUE.texts[place] ?? "";
const knownToKeras = new Set(CATALOGUE.known.split(" "));
const compiled = new Map();

// A regular expression of the catalogue; compiled when it is first needed, as there are hundreds.
function expression(pattern, flags) {
  const key = `${flags}/${pattern}`;
  if (!compiled.has(key)) compiled.set(key, new RegExp(pattern, flags));
  return compiled.get(key);
}

const inOneLine = (words) => words.trim().split(/\s+/).join(" ");
const isTraceback = (whole) => FRAME.test(whole) || whole.startsWith('File "');

// The last exception of a text that does not begin with it; empty where there is none.
function lastErrorIn(whole) {
  const lines = whole.split("\n");
  const where = (test) => lines.map((line, at) => (test(line) ? at : -1)).filter((at) => at >= 0);
  let after = [];
  if (isTraceback(whole)) {
    const starts = where((line) => RAISED.test(line));
    const frame = where((line) => line.startsWith("  ")).at(-1) ?? -1;
    after = starts.filter((at) => at > frame);
    if (!after.length) after = starts.slice(-1);
  } else if (!RAISED.test(whole)) {
    after = where((line) => NAMED.test(line)).slice(-1); // of a notebook, of a log
  }
  return after.length ? lines.slice(after[0]).join("\n").trimStart() : "";
}

// An error as a user has it: the type where the text names one, the message in several spellings, the whole.
function readPasted(pasted) {
  const text = pasted.slice(-LONGEST).replaceAll("\r\n", "\n").replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"');
  const whole = text.replace(PASTED, "").trim().replace(/^`+([^`].*?)`+$/s, "$1").trim();
  const last = lastErrorIn(whole);
  const raised = (last || whole).match(RAISED);
  // The rest of a traceback belongs to the message: its cause may stand further up.
  const message = raised ? (last ? `${raised[2]}\n${whole}` : raised[2]) : whole;
  const joined = inOneLine(message.slice(-LONGEST_JOINED));
  const plain = joined.replaceAll("\\'", "'").replaceAll('\\"', '"');
  const messages = [...new Set([message, joined, plain, plain.replaceAll("`", "'")])];
  return { type: raised ? raised[1].split(".").at(-1) : "", last: last || whole, messages, whole };
}

// What a pattern's field is searched in, in turn; empty where the text has none of it.
function textsOf(name, { type, messages, whole }) {
  if (name === "type") return type ? [type] : [];
  if (name === "traceback") return isTraceback(whole) ? [whole] : [];
  return messages;
}

// The groups of a match of everything that a pattern searches; null where it does not match.
function matchError(pattern, error) {
  if (pattern.saves && /\bin load_(model|weights)\b/.test(error.whole)) return null;
  const groups = {};
  let matched = false;
  for (const [name, source, flags] of pattern.searched) {
    const texts = textsOf(name, error);
    if (!texts.length) continue; // what the text does not have, it does not contradict
    const match = texts.map((one) => one.match(expression(source, flags))).find(Boolean);
    if (!match) return null;
    matched ||= name !== "type";
    Object.assign(groups, match.groups);
  }
  if (!matched || (pattern.known && !knownToKeras.has(groups[pattern.known]))) return null;
  return pattern.unknown && knownToKeras.has(groups[pattern.unknown]) ? null : groups;
}

function shortenedName(value) {
  const line = inOneLine(value).replace(/\.+$/, "");
  return line.length <= LONGEST_NAME ? line : `${line.slice(0, LONGEST_NAME - 1)}\u2026`;
}

// The sentence of a cause with the names that the error gives; what is unknown is left out.
function filledSentence({ sentence, otherwise }, groups, saves) {
  const named = Object.entries(groups).filter(([, value]) => value);
  const found = Object.fromEntries(named.map(([name, value]) => [name, shortenedName(value)]));
  const names = { ...CATALOGUE.names, ...(saves ? CATALOGUE.saving : {}), ...otherwise, ...found };
  return sentence.replace(/( ?)\{(\w+)\}/g, (_, space, name) => (names[name] ? space + names[name] : ""));
}

// The causes that fit an error, the most likely first: { id, said, decides, remedies, names, patterns }.
function causesOfError(pasted) {
  const error = readPasted(pasted);
  const fits = [];
  let settled = false; // by a cause for which the text is enough
  for (const entry of CATALOGUE.causes) {
    const matches = entry.patterns
      .filter((one) => !(settled && one.loads))
      .map((pattern) => ({ pattern, groups: matchError(pattern, error) }))
      .filter(({ groups }) => groups)
      .sort((a, b) => (a.pattern.cost ?? 0) - (b.pattern.cost ?? 0));
    if (!matches.length) continue;
    const [{ pattern, groups }] = matches;
    fits.push({
      id: entry.id,
      said: filledSentence(entry, groups, pattern.saves),
      decides: catalogueText(pattern.decides),
      remedies: (entry.remedies ?? []).map(catalogueText),
      cost: pattern.cost ?? 0,
      names: groups,
      patterns: matches.map((one) => one.pattern),
    });
    settled ||= pattern.decides === undefined && pattern.searched.every(([name]) => textsOf(name, error).length);
  }
  return fits.sort((a, b) => a.cost - b.cost);
}

// The kinds of cells with one of these causes, by the cause's id. First those whose error names the same, then
// those whose error matches at all, then all with the cause; where the message is not enough, only the first.
function kindsOfCauses(fits) {
  const groupsOf = (error, patterns) => {
    const read = readPasted(`${text(error[0])}: ${text(error[1])}`);
    return patterns.map((one) => matchError(one, read)).find(Boolean);
  };
  const found = new Map();
  for (const { id, patterns, names, decides } of fits) {
    const same = (groups) => Object.entries(names).every(([name, value]) => groups[name] === value);
    const named = kinds.filter((kind) => kind.cause === id || kind.behind === id);
    const raised = named.map((kind) => [kind, errorsOf(kind).map((error) => groupsOf(error, patterns)).filter(Boolean)]);
    const choices = [raised.filter(([, groups]) => groups.some(same)), raised.filter(([, groups]) => groups.length), raised];
    const chosen = decides ? choices[0] : choices.find((one) => one.length) ?? [];
    found.set(id, chosen.map(([kind]) => kind));
  }
  return found;
}

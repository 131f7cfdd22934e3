// Causes that the catalogue recognises in a pasted error: the search of `crossload causes --error`, without
// a traceback. Owns the matching and the sentences; `CATALOGUE` is written by reports/error_patterns.py.

const RAISED = /^\s*(?:E\s+)?(?:[a-z_]\w*\.)*([A-Z]\w*|[a-z]\w*\.error)\s*:\s(.*)$/s;
const LONGEST_NAME = 80;
const catalogueText = (place) => CATALOGUE.texts[place] ?? "";
const knownToKeras = new Set(CATALOGUE.known.split(" "));
const compiled = new Map();

// A regular expression of the catalogue; compiled when it is first needed, as there are hundreds.
function expression([pattern, flags]) {
  const key = `${flags}/${pattern}`;
  if (!compiled.has(key)) compiled.set(key, new RegExp(pattern, flags));
  return compiled.get(key);
}

// The type where a text names one, and the message: as it is, then with plain quotes.
function pastedError(pasted) {
  const plain = pasted.replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"');
  const [, type = "", message = plain] = plain.match(RAISED) ?? [];
  const unescapedText = message.replaceAll("\\'", "'").replaceAll('\\"', '"');
  return { type: type.split(".").at(-1), messages: [message, unescapedText, unescapedText.replaceAll("`", "'")] };
}

// The groups of a match of everything that a pattern searches; null where it does not match.
function matchError(pattern, { type, messages }) {
  if (pattern.type && type && !expression(pattern.type).test(type)) return null;
  const groups = {};
  for (const one of pattern.message) {
    const match = messages.map((message) => message.match(expression(one))).find(Boolean);
    if (!match) return null;
    Object.assign(groups, match.groups);
  }
  if (pattern.known && !knownToKeras.has(groups[pattern.known])) return null;
  return pattern.unknown && knownToKeras.has(groups[pattern.unknown]) ? null : groups;
}

// The sentence of a cause with the names that the error gives; what is unknown is left out.
function filledSentence({ sentence, otherwise }, groups) {
  const named = Object.entries(groups).filter(([, value]) => value);
  const short = named.map(([name, value]) => [name, value.replace(/\s+/g, " ").trim().replace(/\.+$/, "").slice(0, LONGEST_NAME)]);
  const names = { ...CATALOGUE.names, ...otherwise, ...Object.fromEntries(short) };
  return sentence.replace(/( ?)\{(\w+)\}/g, (_, space, name) => (names[name] ? space + names[name] : ""));
}

// The causes that fit an error, the most likely first: { id, said, decides, remedies, names, patterns }.
function causesOfError(pasted) {
  const error = pastedError(pasted);
  const fits = [];
  let settled = false; // by a cause for which the message is enough
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
      said: filledSentence(entry, groups),
      decides: catalogueText(pattern.decides),
      remedies: (entry.remedies ?? []).map(catalogueText),
      cost: pattern.cost ?? 0,
      names: groups,
      patterns: matches.map((one) => one.pattern),
    });
    settled ||= pattern.certain && (!pattern.type || error.type !== "");
  }
  return fits.sort((a, b) => a.cost - b.cost);
}

// The kinds of cells with one of these causes, by the cause's id. First those whose error names the same, then
// those whose error matches at all, then all with the cause; where the message is not enough, only the first.
function kindsOfCauses(fits) {
  const groupsOf = (error, patterns) => {
    const read = pastedError(`${text(error[0])}: ${text(error[1])}`);
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

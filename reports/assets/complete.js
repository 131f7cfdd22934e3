// The suggestions under the search box: an editable combobox with a list, and the line that names what is
// unknown. Owns no meaning of a query; that is `query.js`.

const searchBox = byId("search");
const suggestionList = byId("suggestions");
const SUGGESTED = 10;
let suggested = []; // [{ text, says, from, to, again }] as listed; `again` opens the list for what follows
let active = -1;

// The beginning of a filter up to the caret: its key, and where the value that is being typed starts. A
// backslash is read in one way only, so that many of them do not take for ever.
const TYPED_FILTER =
  /(?:^|\s)-?([a-z]+):((?:"(?:\\["\\]|(?!\\["\\])[^"])*"|[^\s",])*,)*("(?:\\["\\]|(?!\\["\\])[^"])*|[^\s",]*)$/iu;
const TYPED_WORD = /(?:^|\s)-?([^\s"]*)$/u;

// Names that begin with what is typed, then those that have it as a part, then those that have it anywhere.
function matchingNames(key, typed) {
  const value = typed.toLowerCase();
  const rank = (name) => (name.startsWith(value) ? 0 : hasPart(name, value) ? 1 : name.includes(value) ? 2 : 3);
  const label = (name) => labelOf(key, name).toLowerCase();
  const ranked = [...namesOf(key)]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => ({ name, count, rank: value ? Math.min(rank(name.toLowerCase()), rank(label(name))) : 0 }));
  return ranked.filter((one) => one.rank < 3).sort((a, b) => a.rank - b.rank);
}

function describedName(key, { name, count }) {
  const label = labelOf(key, name);
  return `${label === name ? "" : `${label}, `}${number(count)} ${count === 1 ? "cell" : "cells"}`;
}

// What could stand at the caret instead of what has been typed of it.
function suggestionsAt(query, caret) {
  const before = query.slice(0, caret);
  const to = caret + query.slice(caret).match(/^[^\s,]*/)[0].length;
  const filter = before.match(TYPED_FILTER);
  const key = filter?.[1].toLowerCase();
  if (isKey(key)) {
    const from = caret - filter[3].length;
    const typed = unescaped(filter[3].replace(/^"/, ""));
    return matchingNames(key, typed).map((one) => ({ text: quotedValue(one.name), says: describedName(key, one), from, to }));
  }
  const typed = before.match(TYPED_WORD)?.[1].toLowerCase();
  if (typed === undefined) return [];
  const from = caret - typed.length;
  const keys = Object.entries(KEYS).filter(([name]) => name.startsWith(typed));
  const listed = keys.map(([name, says]) => ({ text: `${name}:`, says, from, to, again: true }));
  if (typed.length < 2) return listed;
  const named = Object.keys(KEYS).flatMap((name) =>
    matchingNames(name, typed)
      .filter((one) => one.rank < 2)
      .slice(0, 4)
      .map((one) => ({ text: `${name}:${quotedValue(one.name)}`, says: describedName(name, one), from, to })),
  );
  return [...listed, ...named];
}

function closeSuggestions() {
  suggested = [];
  activate(-1);
  setHidden(suggestionList, true);
  searchBox.setAttribute("aria-expanded", "false");
  showProblems(state.filters.search);
}

function openSuggestions() {
  suggested = suggestionsAt(searchBox.value, searchBox.selectionStart).slice(0, SUGGESTED);
  const isTyped = ({ text: what, from, to }) => searchBox.value.slice(from, to) === what;
  if (suggested.every(isTyped)) return closeSuggestions();
  const items = suggested.map(({ text: what, says }, index) =>
    make("li", { role: "option", id: `suggestion-${index}`, "aria-selected": "false" }, what, " ", make("span", {}, says)),
  );
  suggestionList.replaceChildren(...items);
  setHidden(suggestionList, false);
  searchBox.setAttribute("aria-expanded", "true");
  activate(-1);
}

function activate(index) {
  active = index;
  [...suggestionList.children].forEach((item, at) => item.setAttribute("aria-selected", at === index));
  const item = suggestionList.children[index];
  if (item) searchBox.setAttribute("aria-activedescendant", item.id);
  else searchBox.removeAttribute("aria-activedescendant");
  item?.scrollIntoView({ block: "nearest" });
}

// Writes a text into the query, as if it had been typed.
function replaceInQuery({ text: what, from, to, again = false }) {
  searchBox.focus();
  searchBox.setRangeText(what, from, to, "end");
  searchBox.dispatchEvent(new Event("input", { bubbles: true }));
  if (again) openSuggestions();
  else closeSuggestions();
}

const COMBOBOX_KEYS = {
  ArrowDown: () => {
    if (!suggested.length) openSuggestions();
    activate(suggested.length ? (active + 1) % suggested.length : -1);
  },
  ArrowUp: () => activate(suggested.length ? (active < 1 ? suggested.length : active) - 1 : -1),
  Enter: () => (suggested[active] ? replaceInQuery(suggested[active]) : closeSuggestions()),
  Escape: closeSuggestions,
};

searchBox.addEventListener("input", openSuggestions);
searchBox.addEventListener("blur", closeSuggestions);
searchBox.addEventListener("keydown", (event) => {
  const action = COMBOBOX_KEYS[event.key];
  if (!action || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});
suggestionList.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
suggestionList.addEventListener("click", (event) => {
  const index = [...suggestionList.children].indexOf(event.target.closest("li"));
  if (index >= 0) replaceInQuery(suggested[index]);
});

// Names what is unknown in the query, each in a line with a button for the nearest that is known. What is
// being typed is not unknown yet.
function showProblems(query) {
  const isBeingTyped = ({ instead }) => suggested.length > 0 && instead?.to === searchBox.selectionStart;
  const problems = parseQuery(query).problems.filter((one) => !isBeingTyped(one));
  const lines = problems.map(({ says, instead }) => {
    if (!instead) return make("span", {}, says);
    const button = make("button", { type: "button" }, instead.text);
    button.addEventListener("click", () => {
      searchBox.value = query;
      replaceInQuery(instead);
    });
    return make("span", {}, `${says} Nearest: `, button);
  });
  byId("query-problems").replaceChildren(...lines);
}

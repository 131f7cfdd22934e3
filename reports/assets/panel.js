// The panel in which a cell opens. Owns its contents; opening and closing follow the address.

const panel = byId("panel");
const shorten = (value) => (value === null ? "" : typeof value === "number" ? String(value) : value);

function fold(title, content, open = false) {
  if (!content) return null;
  return make("details", { class: "fold", open }, make("summary", {}, title), make("pre", {}, content));
}

function titled(title, ...content) {
  return make("section", {}, make("h3", {}, title), ...content);
}

function checkRow(check, tolerance) {
  const over = check.status === "measured" && typeof check.difference === "number" && tolerance !== null && check.difference > tolerance;
  const bad = over || check.status === "disagrees" || check.status === "error";
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, check.check),
    make("td", { class: bad ? "bad" : "" }, over ? "measured, above the tolerance" : check.status),
    make("td", {}, shorten(check.difference)),
    make("td", {}, check.detail),
  );
}

function checkTable(checks, tolerance) {
  if (!checks.length) return null;
  const names = ["check", "status", "difference", "detail"];
  const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
  const rows = checks.map((check) => checkRow(check, check.check === "outputs" ? tolerance : null));
  return make("table", { class: "checks" }, make("thead", {}, head), make("tbody", {}, ...rows));
}

const copyButton = (id, name) => make("button", { type: "button", "data-copies": id }, name);

// The code that the probe executed, with the user's names in it.
function codeFold(attempt, open) {
  if (!attempt.code) return null;
  const id = `code-${attempt.strategy}`;
  const code = make("pre", {}, make("code", { id }, attempt.code));
  return make("details", { class: "fold", open }, make("summary", {}, "code that ran"), code, copyButton(id, "Copy"));
}

function attemptBox(attempt, tolerance) {
  const worked = attempt.result === "agrees";
  const times = [
    attempt.loadSeconds === null ? "" : `loaded in ${shorten(attempt.loadSeconds)} s`,
    ["done", attempt.result].includes(attempt.status) ? "" : `ended ${attempt.status}`,
  ];
  const ended = times.filter(Boolean).join(", ");
  const given = attempt.concessions ? `concessions: ${attempt.concessions}` : "";
  const head = make(
    "h4",
    {},
    attempt.strategy,
    make("span", { class: worked ? "worked" : "broke" }, worked ? "✓ outputs agree" : `✗ ${attempt.result}`),
    ended ? make("span", {}, ended) : null,
    given ? make("span", {}, given) : null,
  );
  const lines = [attempt.detail, attempt.lost ? `Lost: ${attempt.lost}.` : "", attempt.notes].filter(Boolean);
  const error = attempt.error;
  return make(
    "div",
    { class: "attempt" },
    head,
    ...lines.map((line) => make("p", { class: "quiet" }, line)),
    error ? make("pre", {}, `${error.type}: ${error.message}`) : null,
    codeFold(attempt, worked && attempt.strategy !== "plain"),
    checkTable(attempt.checks, tolerance),
    error ? fold("traceback", error.traceback) : null,
    fold("warnings", attempt.warnings),
    fold("last lines of output", attempt.output),
  );
}

function numbers(cell, details) {
  const facts = [
    ["works with", details.verdict === "same" ? "" : details.strategy],
    ["lost", details.lost],
    ["output difference", shorten(details.difference)],
    ["tolerance", shorten(details.tolerance)],
    ["saver's noise floor", shorten(details.noise)],
    ["saver loads its own file", cell.saver === cell.loader ? "" : details.baseline],
    ["measured", [...new Set(details.attempts.map((one) => one.measured).filter(Boolean))].join(", ")],
    ["file (sha256)", details.sha256],
  ].filter(([, value]) => value !== "");
  const list = make("dl", { class: "numbers" });
  for (const [name, value] of facts) list.append(make("dt", {}, name), make("dd", {}, value));
  return facts.length ? titled("Numbers", list) : null;
}

// What the saver and the loader are made of.
function environmentSection(cell) {
  const list = make("dl", { class: "numbers" });
  for (const name of new Set([cell.saver, cell.loader])) {
    const versions = axes.find((one) => one.name === name)?.versions;
    if (versions) list.append(make("dt", {}, name), make("dd", {}, versions));
  }
  return list.children.length ? titled("Environments", list) : null;
}

function causeLine(cause, before) {
  if (!cause) return null;
  const known = cause.references.filter((address) => address.startsWith("https://"));
  const links = known.flatMap((address, index) => [" ", make("a", { href: address, rel: "noreferrer" }, `[${index + 1}]`)]);
  const name = make("span", { class: "quiet" }, make("code", {}, cause.id), ` ${cause.family}`, ...links);
  return make("p", {}, `${before}${cause.sentence} `, name);
}

function causeSection(details) {
  if (!details.cause) return null;
  return titled("Why", causeLine(details.cause, ""), causeLine(details.behind, "Next obstacle: ") ?? "");
}

const REMEDY_STATES = {
  worked: ["worked", "✓ verified here"],
  "needs-code": ["quiet", "works with the model's code"],
  unproved: ["quiet", "loads, but no outputs are known to compare with"],
  "did-not-help": ["broke", "✗ tried, did not help"],
  "not-tried": ["quiet", "not tried"],
  "cannot-be-tried": ["quiet", "cannot be tried"],
};

function remedyBox(one) {
  const [look, word] = REMEDY_STATES[one.state] ?? ["quiet", one.state];
  const evidence = one.evidence ? `${word} (${one.evidence})` : word;
  const shown = one.behind ? `${evidence}, for the next obstacle` : evidence;
  const text = make("p", {}, one.what, " ", make("span", { class: look }, shown));
  return make("div", {}, text, one.code ? make("pre", {}, make("code", {}, one.code)) : null);
}

function remedySection(remedies) {
  if (!remedies.length) return null;
  const order = Object.keys(REMEDY_STATES);
  const failed = remedies.filter((one) => one.state === "did-not-help");
  const rest = remedies.filter((one) => one.state !== "did-not-help");
  rest.sort((a, b) => (a.state === "worked" ? 0 : 1) - (b.state === "worked" ? 0 : 1));
  const shown = [...rest, ...failed].filter((one) => order.includes(one.state));
  return titled("What helps", ...shown.map(remedyBox));
}

// Advice that a remedy of the cause already gives is not repeated.
function adviceSection({ advice, remedies }) {
  const said = new Set(remedies.filter((one) => one.state === "worked" && one.code).map((one) => one.code));
  const verified = advice.filter((one) => one.verified);
  if (!advice.length || (verified.length && verified.every((one) => said.has(one.code)))) return null;
  const parts = advice.map((one) =>
    make("div", {}, make("p", {}, one.what, one.verified ? make("span", { class: "worked" }, " ✓ verified here") : null), one.code ? make("pre", {}, make("code", {}, one.code)) : null),
  );
  return titled("What to do", ...parts);
}

const shellWord = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function commandSection(cell) {
  const line = (name) => {
    const code = make("code", { id: `command-${name}` }, `crossload ${name} ${shellWord(cell.id)}`);
    return make("p", { class: "yours" }, code, copyButton(`command-${name}`, "Copy"));
  };
  const own = make("p", { class: "yours" }, make("code", {}, `crossload check FILE --to ${shellWord(cell.loader)}`), " for your own file");
  return titled("In your terminal", line("explain"), line("reproduce"), own);
}

function panelHead(cell, details, found) {
  const place = found.indexOf(cell);
  const step = (offset, name) => {
    const other = place < 0 ? undefined : found[place + offset];
    const button = make("button", { type: "button", disabled: !other }, name);
    button.addEventListener("click", () => other && goTo(other));
    return button;
  };
  const close = make("button", { type: "button", "aria-label": "Close" }, "Close ✕");
  close.addEventListener("click", () => panel.close());
  const address = make("span", { id: "cell-address", class: "unseen" }, location.href);
  const markdown = make("span", { id: "cell-markdown", class: "unseen" }, cellAsMarkdown(cell, details));
  const recipe = details.attempts.some((one) => one.strategy === details.strategy && one.code);
  const bar = make(
    "div",
    { class: "panel-bar" },
    step(-1, "← Previous"),
    step(1, "Next →"),
    make("span", { class: "shown" }, place < 0 ? "" : `${place + 1} of ${found.length}`),
    close,
  );
  const copies = make(
    "div",
    { class: "panel-bar" },
    address,
    markdown,
    copyButton("cell-address", "Copy link"),
    recipe ? copyButton(`code-${details.strategy}`, "Copy recipe") : null,
    copyButton("cell-markdown", "Copy as Markdown"),
  );
  const title = make("h2", { id: "panel-title" }, `${cell.model} as ${cell.format}: saved by ${cell.saver}, loaded by ${cell.loader}`);
  return make("div", { class: "panel-head" }, bar, make("div", {}, chip(cell), " ", make("code", {}, cell.verdict), endedNote(cell)), title, copies);
}

function fillPanel(cell, found) {
  const details = { ...readDetails(cell), verdict: cell.verdict };
  const attempts = details.attempts.map((one) => attemptBox(one, details.tolerance));
  const alone = !attempts.length && details.error ? details.error : null;
  const body = make(
    "div",
    { class: "panel-body" },
    details.detail ? make("p", {}, details.detail) : null,
    causeSection(details),
    remedySection(details.remedies),
    adviceSection(details),
    numbers(cell, details),
    alone ? titled("Error", make("pre", {}, `${alone.type}: ${alone.message}`), fold("traceback", alone.traceback) ?? "") : null,
    attempts.length ? titled(attempts.length === 1 ? "Attempt" : `${attempts.length} attempts`, ...attempts) : null,
    environmentSection(cell),
    commandSection(cell),
  );
  panel.replaceChildren(panelHead(cell, details, found), body);
  panel.scrollTop = 0;
}

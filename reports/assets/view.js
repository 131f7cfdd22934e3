// The view above the grids: an upgrade (one saver, one loader), an environment, a model or a cause.

const only = (set) => (set.size === 1 ? [...set][0] : null);
const measuredOf = (list) => list.filter((cell) => cell.counts);

function scrolled(label, table) {
  fewTabStops(table);
  return make("div", { class: "grid-scroll", role: "group", "aria-label": label }, table);
}

function tableOf(heads, rows) {
  const head = make("tr", {}, ...heads.map((one) => make("th", { scope: "col" }, one)));
  return make("table", { class: "grid" }, make("thead", {}, head), make("tbody", {}, ...rows));
}

// One saver and one loader: their cells as models x formats.
function upgradeView(saver, loader, list) {
  const models = [...new Set(list.map((cell) => cell.model))];
  const formats = [...new Set(list.map((cell) => cell.format))];
  const at = new Map(list.map((cell) => [`${cell.model}\n${cell.format}`, cell]));
  const rows = models.map((model) =>
    make("tr", {}, make("th", { scope: "row" }, model), ...formats.map((format) => cellBox(at.get(`${model}\n${format}`)))),
  );
  const command = `crossload upgrade --from ${shellWord(saver)} --to ${shellWord(loader)}`;
  return [
    make("h3", {}, `Saved by ${saver}, loaded by ${loader}`),
    saying(list),
    saver === loader ? null : make("p", { class: "quiet" }, "For your own files and code: ", make("code", {}, command)),
    scrolled("models and formats of one pair", tableOf(["model \u2193   format \u2192", ...formats], rows)),
  ];
}

function saying(list, unit = "loads") {
  const measured = measuredOf(list);
  return measured.length ? make("p", {}, tally(measured, unit)) : null;
}

function shareLink(list, saver, loader) {
  const measured = measuredOf(list);
  if (!measured.length) return make("td", { class: "hole" });
  const plain = measured.filter((cell) => PLAIN.has(cell.verdict)).length;
  const silent = measured.filter((cell) => cell.verdict === "differs").length;
  const address = `#?saver=${encodeURIComponent(saver)}&loader=${encodeURIComponent(loader)}`;
  const link = make("a", { href: address }, `${number(plain)} of ${number(measured.length)}`, silent ? make("b", {}, ` \u2260${silent}`) : null);
  return make("td", {}, link);
}

// What an environment is made of, what it reads, and who reads its files.
function environmentView(name, list) {
  const axis = axes.find((one) => one.name === name);
  const [saved, loaded] = [list.filter((cell) => cell.saver === name), list.filter((cell) => cell.loader === name)];
  const others = axes.map((one) => one.name).filter((one) => list.some((cell) => cell.saver === one || cell.loader === one));
  const rows = others.map((other) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, other),
      shareLink(loaded.filter((cell) => cell.saver === other), other, name),
      shareLink(saved.filter((cell) => cell.loader === other), name, other),
    ),
  );
  return [
    make("h3", {}, name),
    axis?.versions ? make("p", { class: "quiet" }, axis.versions) : null,
    saying(loaded, "loads there"),
    saying(saved, "loads of its files"),
    scrolled(`${name} and the others`, tableOf(["load as they are", `its files in ${name}`, `files of ${name} there`], rows)),
  ];
}

function modelView(name, list) {
  const formats = [...new Set(measuredOf(list).map((cell) => cell.format))];
  const lines = formats.map((format) => saying(list.filter((cell) => cell.format === format), `loads as ${format}`));
  return [make("h3", {}, `Model ${name}`), saying(list), ...(formats.length > 1 ? lines : [])];
}

function causeView(list) {
  const { cause } = readDetails(list[0]);
  const own = countRemedies(list).filter((one) => !one.behind && one.helped && isMost(one.helped, one.helped + one.failed));
  const items = own
    .sort((a, b) => b.helped - a.helped)
    .map((one) => make("li", {}, `${one.what} `, make("span", { class: "quiet" }, `worked in ${helpedOf(one, one.helped + one.failed)}`)));
  return [make("h3", {}, capital(cause.sentence)), causeLine(cause, ""), items.length ? make("ul", {}, ...items) : null, saying(list)];
}

// Draws the view; returns true where it shows every cell, so that the grids are not needed.
function showView(filters, list) {
  const place = byId("view");
  const [saver, loader, environment, model, cause] = ["saver", "loader", "environment", "model", "cause"].map((key) => only(filters[key]));
  const pair = saver !== null && loader !== null;
  let parts = [];
  if (!list.length) parts = [];
  else if (pair) parts = upgradeView(saver, loader, list);
  else if (environment !== null) parts = environmentView(environment, list);
  else if (cause !== null) parts = causeView(list);
  else if (model !== null) parts = modelView(model, list);
  setHidden(place, !parts.length);
  place.replaceChildren(...parts.filter(Boolean));
  return pair && list.length > 0;
}

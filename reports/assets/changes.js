// Compares this page with the report of another run: a JSON file that is chosen or dropped.

const CHANGES = {
  new: "worse than before",
  fixed: "better than before",
  "other cause": "same verdict, other cause",
  appeared: "measured only now",
  vanished: "measured only before",
};
const VERDICTS = Object.keys(block.verdicts);

function changeOf(before, now) {
  if (!before) return "appeared";
  if (!now) return "vanished";
  const worse = VERDICTS.indexOf(now.verdict) - VERDICTS.indexOf(before.verdict);
  if (worse) return worse > 0 ? "new" : "fixed";
  return before.cause === now.cause ? null : "other cause";
}

// Cells name their cause by its number; until schema 2, each had the cause itself.
function withCauses(report) {
  const idOf = (cause) => (typeof cause === "number" ? report.causes?.[cause] : cause)?.id ?? "";
  return report.cells.map((one) => ({ ...one, cause: idOf(one.cause) }));
}

function changesSince(report) {
  const measured = (list) => new Map(list.filter((one) => !UNMEASURED.has(one.verdict)).map((one) => [one.id, one]));
  const [before, now] = [measured(withCauses(report)), measured(cells)];
  const found = new Map(Object.keys(CHANGES).map((kind) => [kind, []]));
  for (const id of new Set([...now.keys(), ...before.keys()])) {
    found.get(changeOf(before.get(id), now.get(id)))?.push({ id, before: before.get(id), now: now.get(id) });
  }
  return found;
}

function changeItem({ id, before, now }) {
  const words = [before ? block.verdicts[before.verdict]?.[1] ?? before.verdict : "", now?.label ?? ""].filter(Boolean).join(" \u2192 ");
  const name = now ? make("a", { href: `#${encodeURIComponent(id).replaceAll("%2F", "/")}` }, id) : id;
  return make("li", {}, name, " ", make("span", { class: "quiet" }, words));
}

function showChanges(name, changes) {
  const counted = [...changes].map(([kind, list]) => `${number(list.length)} ${kind}`).join(", ");
  byId("changes-counted").textContent = `Since ${name}: ${counted}.`;
  const folds = [...changes].map(([kind, list]) =>
    make(
      "details",
      { class: "problem card fold" },
      make("summary", {}, make("b", {}, kind), ` ${number(list.length)} `, make("span", { class: "quiet" }, CHANGES[kind])),
      make("ul", {}, ...list.slice(0, 1000).map(changeItem)),
    ),
  );
  byId("changes-list").replaceChildren(...folds);
  setHidden(byId("changes"), false);
  byId("changes").scrollIntoView({ behavior: "instant" });
}

async function compareWith(file) {
  let report = null;
  try {
    report = JSON.parse(await file.text());
  } catch {
    report = null;
  }
  if (report?.format === "crossload-report" && Array.isArray(report.cells)) return showChanges(file.name, changesSince(report));
  byId("changes-counted").textContent = `${file.name} is not a file of crossload report --format json.`;
  byId("changes-list").replaceChildren();
  setHidden(byId("changes"), false);
  byId("changes").scrollIntoView({ behavior: "instant" });
}

// The page of one model has no place for it: it would take all other models for vanished.
if (byId("other-run")) {
  byId("other-run").addEventListener("change", (event) => event.target.files[0] && compareWith(event.target.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files[0]) compareWith(event.dataTransfer.files[0]);
  });
}

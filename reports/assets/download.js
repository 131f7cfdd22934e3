// Downloads: the cells that the filters leave, as CSV or JSON, and the shown table of shares as CSV.

// A spreadsheet runs a field that begins like this as a formula.
const FORMULA = /^ *[=+\-@\t\r\n]/;

function csvField(value) {
  const plain = value === null ? "" : String(value);
  const guarded = typeof value === "string" && FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

function csvOf(records) {
  const columns = Object.keys(records[0] ?? {});
  const lines = [columns, ...records.map((one) => columns.map((column) => one[column]))];
  return lines.map((line) => `${line.map(csvField).join(",")}\r\n`).join("");
}

// The names are those of the columns that `crossload report --format csv` writes.
function recordOf(cell) {
  const { strategy, lost, difference, tolerance, baseline, cause, error, detail } = readDetails(cell);
  return {
    cell: cell.id,
    saver: cell.saver,
    model: cell.model,
    format: cell.format,
    loader: cell.loader,
    verdict: cell.verdict,
    label: cell.label,
    strategy,
    lost,
    difference,
    tolerance,
    baseline,
    cause: cause?.id ?? "",
    cause_sentence: cause?.sentence ?? "",
    error_type: error?.type ?? "",
    error_message: error?.message ?? "",
    detail,
  };
}

function shareRecords() {
  const table = [...document.querySelectorAll(".loads-table")].find((one) => !one.hidden);
  const shown = squaresOf.get(table).filter(({ link }) => link.offsetParent);
  return shown.map(({ place, list }) => {
    const count = (words) => list.filter((cell) => words.has(cell.verdict)).length;
    return { ...place, loads: list.length, as_it_is: count(PLAIN), with_help: count(WHOLE), silently_wrong: count(new Set(["differs"])), largest_silent_difference: largestSilentDifference(list).value, median_load_seconds: medianLoadSeconds(list).value };
  });
}

function saveFile(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const asJson = (value) => `${JSON.stringify(value, null, 1)}\n`;
const DOWNLOADS = {
  csv: () => saveFile("cells.csv", "text/csv", csvOf(found.map(recordOf))),
  json: () => saveFile("cells.json", "application/json", asJson({ format: "crossload-cells", schema: 1, address: location.hash, cells: found.map(recordOf) })),
  shares: () => saveFile("loads.csv", "text/csv", csvOf(shareRecords())),
};

document.addEventListener("click", (event) => DOWNLOADS[event.target.closest?.("[data-download]")?.dataset.download]?.());

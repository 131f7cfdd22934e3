// The page's address: `#<cell id>?<filters>`, both optional. Owns its reading and writing.

const QUESTION = ["saver", "format", "loader", "model"]; // what the pickers choose
const emptyFilters = () => ({
  verdict: new Set(),
  model: new Set(),
  format: new Set(),
  saver: new Set(),
  loader: new Set(),
  cause: new Set(),
  environment: new Set(), // saver or loader
  problems: false,
  search: "",
  error: "",
  show: "", // what the squares show instead of the share that loads
});

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const readAddress = () => parsedAddress(location.hash);

function parsedAddress(hash) {
  const [path, query = ""] = hash.slice(1).split(/\?(.*)/s);
  const filters = emptyFilters();
  for (const pair of query.split("&").filter(Boolean)) {
    const [key, value = ""] = pair.split(/=(.*)/s);
    const values = value.split(",").map(decoded).filter(Boolean);
    if (filters[key] instanceof Set) filters[key] = new Set(values);
    if (key === "problems") filters.problems = true;
    if (["search", "error", "show"].includes(key)) filters[key] = decoded(value);
  }
  const id = decoded(path);
  return { cell: cellById(id), filters };
}

function writeAddress(cell, filters) {
  const parts = [];
  for (const [key, value] of Object.entries(filters)) {
    if (value instanceof Set && value.size) {
      parts.push(`${key}=${[...value].map(encodeURIComponent).join(",")}`);
    }
  }
  if (filters.problems) parts.push("problems=1");
  if (filters.search) parts.push(`search=${encodeURIComponent(filters.search)}`);
  if (filters.error) parts.push(`error=${encodeURIComponent(filters.error)}`);
  if (filters.show) parts.push(`show=${encodeURIComponent(filters.show)}`);
  const path = cell ? encodeURIComponent(cell.id).replaceAll("%2F", "/") : "";
  return `#${path}${parts.length ? `?${parts.join("&")}` : ""}`;
}

// Whether the filters ask no more than the pickers can: then the answer is what the reader wants.
function isQuestion(filters) {
  const more = filters.problems || filters.search || filters.verdict.size || filters.cause.size || filters.environment.size;
  return !more && QUESTION.every((key) => filters[key].size < 2);
}

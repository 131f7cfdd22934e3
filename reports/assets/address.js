// The page's address: `#<cell id>?<filters>`, both optional. Owns its reading and writing.

const SECTIONS = new Set(["summary", "findings", "causes", "claims", "grids", "environments"]);
const emptyFilters = () => ({
  verdict: new Set(),
  model: new Set(),
  format: new Set(),
  saver: new Set(),
  loader: new Set(),
  cause: new Set(),
  problems: false,
  search: "",
});

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function readAddress() {
  const [path, query = ""] = location.hash.slice(1).split(/\?(.*)/s);
  const filters = emptyFilters();
  for (const pair of query.split("&").filter(Boolean)) {
    const [key, value = ""] = pair.split(/=(.*)/s);
    const values = value.split(",").map(decoded).filter(Boolean);
    if (filters[key] instanceof Set) filters[key] = new Set(values);
    if (key === "problems") filters.problems = true;
    if (key === "search") filters.search = decoded(value);
  }
  const id = decoded(path);
  return { cell: cellById.get(id) ?? null, section: SECTIONS.has(id) ? id : "", filters };
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
  const path = cell ? encodeURIComponent(cell.id).replaceAll("%2F", "/") : "";
  return `#${path}${parts.length ? `?${parts.join("&")}` : ""}`;
}

// A cell as Markdown, to be pasted into an issue or a chat. Foreign text only stands in code.

function fenced(content, language = "") {
  const longest = Math.max(2, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${content}\n${fence}`;
}

const inCode = (content) => {
  const fence = "`".repeat(1 + Math.max(0, ...(content.match(/`+/g) ?? []).map((run) => run.length)));
  const space = fence.length > 1 ? " " : "";
  return `${fence}${space}${content.replace(/\s+/g, " ")}${space}${fence}`;
};

function cellAsMarkdown(cell, details) {
  const { cause, error, strategy, attempts } = details;
  const recipe = attempts.find((one) => one.strategy === strategy)?.code;
  const parts = [
    `**${symbolOf(cell.verdict)} ${cell.label}**: ${inCode(cell.model)} as ${inCode(cell.format)}, saved by ${inCode(cell.saver)}, loaded by ${inCode(cell.loader)}`,
    error ? fenced(`${error.type}: ${error.message}`) : "",
    cause ? `Why: ${inCode(cause.sentence)} (${inCode(cause.id)})` : "",
    recipe ? `What worked (${strategy}):\n\n${fenced(recipe, "python")}` : "",
    `Reproduce it: ${inCode(`crossload reproduce ${shellWord(cell.id)}`)}`,
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** The report's script: it saves pictures and tables that are in the page, and does nothing else. */
export const script = `
const save = (name, type, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const cell = (node) => {
  const number = node.querySelector("data");
  const text = number?.value ?? node.textContent.trim();
  const value = /^[=+\\-@]/.test(text) && !(number && /^[-+\\d.e, [\\]]+$/.test(text)) ? "'" + text : text;
  return /[",\\n]/.test(value) ? '"' + value.replaceAll('"', '""') + '"' : value;
};
const kinds = {
  svg: (figure) => [...figure.querySelectorAll("svg")].forEach((picture, i) =>
    save(figure.id + (i ? "-" + (i + 1) : "") + ".svg", "image/svg+xml", new XMLSerializer().serializeToString(picture))),
  csv: (figure) => save(figure.id + ".csv", "text/csv",
    [...figure.querySelectorAll("tr")].map((row) => [...row.cells].map(cell).join(",") + "\\r\\n").join("")),
};
for (const place of document.querySelectorAll(".saving")) place.hidden = false;
for (const button of document.querySelectorAll("[data-save]"))
  button.addEventListener("click", () => kinds[button.dataset.save](button.closest("figure")));
`;

(() => {
  "use strict";
  const table = document.getElementById("cells");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.querySelectorAll("thead th[rowspan], thead .turn")];
  const said = document.getElementById("said");
  const name = document.getElementById("name");
  const show = document.getElementById("show");
  const words = {};
  for (const item of document.querySelectorAll("#legend li")) words[item.dataset.k] = item.textContent.trim();
  const order = "pshgnlfrtmcbu";
  const value = (row, at) => {
    const cell = row.cells[at];
    if (at === 0) return row.cells[0].textContent;
    if (at === 1) return parseFloat(cell.textContent);
    return cell ? order.indexOf(cell.className) : -1;
  };
  const compare = (a, b) => {
    if (typeof a === "string") return a.localeCompare(b, undefined, { numeric: true });
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return a - b;
  };
  const sort = (at, down) => {
    const rows = [...body.rows].map((row) => [value(row, at), row]);
    rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
    body.append(...rows.map((pair) => pair[1]));
    heads.forEach((head, i) => (i === at ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
  };
  heads.forEach((head, at) => {
    const button = head.querySelector("button");
    button.disabled = false;
    button.addEventListener("click", () => sort(at, head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : at > 0));
  });
  const filter = () => {
    const text = name.value.trim().toLocaleLowerCase();
    let shown = 0;
    for (const row of body.rows) {
      const has = row.cells[0].textContent.toLocaleLowerCase().includes(text);
      const kind = show.value;
      row.hidden = !(has && (!kind || (kind === "?" ? row.dataset.t !== undefined : row.querySelector("." + kind))));
      shown += !row.hidden;
    }
    said.textContent = `${shown} of ${body.rows.length} shown`;
  };
  name.addEventListener("input", filter);
  show.addEventListener("change", filter);
  document.getElementById("tools").hidden = false;
  const describe = (cell) => {
    const at = cell.cellIndex;
    const word = words[cell.className];
    if (at < 2 || !word) return "";
    return `${cell.parentNode.cells[0].textContent}, ${heads[at].firstElementChild.dataset.tip}: ${word}`;
  };
  body.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("td");
    if (!cell) return;
    const text = describe(cell);
    if (text) {
      cell.title = text;
      said.textContent = text;
    }
  });
  body.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (!cell || !describe(cell)) return;
    location.href = cell.parentNode.querySelector("a").href + "#c-" + heads[cell.cellIndex].dataset.id;
  });
})();

(() => {
  "use strict";
  const tip = document.getElementById("tip");
  const frames = document.querySelectorAll(".edge");
  for (const node of document.querySelectorAll(".cells thead [title]")) {
    node.dataset.tip = node.title; // one tip, not the browser's beside it
    node.removeAttribute("title");
  }
  const hide = () => { tip.hidden = true; };
  const show = (node) => {
    tip.textContent = node.dataset.tip;
    tip.hidden = false;
    const place = node.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const left = place.left + place.width / 2 - size.width / 2;
    tip.style.left = `${Math.max(8, Math.min(left, document.documentElement.clientWidth - size.width - 8))}px`;
    tip.style.top = `${place.top >= size.height ? place.top - size.height : place.bottom}px`;
  };
  for (const kind of ["pointerover", "focusin"])
    document.addEventListener(kind, (event) => {
      if (tip.contains(event.target)) return; // a pointer may move onto the tip to read it
      const node = event.target.closest("[data-tip]");
      node ? show(node) : hide();
    });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  for (const edge of frames) {
    const frame = edge.querySelector(".frame");
    const mark = () => {
      const right = frame.scrollWidth - frame.clientWidth - frame.scrollLeft;
      edge.dataset.more = [frame.scrollLeft > 1 ? "left" : "", right > 1 ? "right" : ""].join(" ").trim();
    };
    frame.addEventListener("scroll", () => { hide(); mark(); }, { passive: true });
    new ResizeObserver(mark).observe(frame);
    mark();
  }
})();

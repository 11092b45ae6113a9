(() => {
  "use strict";
  const stage = document.getElementById("stage"), about = document.getElementById("about"), chooser = document.getElementById("subject");
  const parts = new Map();
  for (const one of document.querySelectorAll("template[data-of]")) parts.set(one.dataset.of + " " + one.dataset.part, one);
  const buttons = [...document.querySelectorAll("button[data-subject]")], views = [...document.querySelectorAll("button[data-view]")];
  const names = buttons.map((one) => one.dataset.subject);
  let subject = names[0], view = "student";

  const show = (part, place) => place.replaceChildren(parts.get(subject + " " + part).content.cloneNode(true));
  const draw = () => {
    show("about", about);
    show(view, stage);
    chooser.value = subject;
    for (const one of buttons) one.toggleAttribute("aria-current", one.dataset.subject === subject);
    for (const one of views) one.setAttribute("aria-pressed", String(one.dataset.view === view));
  };
  const choose = (name, who) => {
    subject = name;
    view = who;
    history.replaceState(null, "", "#" + [subject, view].map(encodeURIComponent).join("/"));
    draw();
    window.scrollTo(0, 0);
  };
  const follow = () => {
    const [name, who] = location.hash.slice(1).split("/").map(decodeURIComponent);
    if (names.includes(name) && parts.has(name + " " + who)) [subject, view] = [name, who];
    else if (location.hash && document.getElementById(location.hash.slice(1))) return; // a place in the report
    draw();
  };
  for (const one of buttons) one.addEventListener("click", () => choose(one.dataset.subject, view));
  for (const one of views) one.addEventListener("click", () => choose(subject, one.dataset.view));
  chooser.addEventListener("change", () => choose(chooser.value, view));
  window.addEventListener("hashchange", follow);
  follow();
})();

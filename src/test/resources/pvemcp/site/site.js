// What the pages do beyond being read: search, copying of code, links to headings. Without it they lack nothing else.
"use strict";

const root = document.currentScript.dataset.root;

// On a narrow screen the contents begin closed.
if (matchMedia("(max-width: 48rem)").matches) {
  document.querySelector(".topics details").open = false;
}
document.querySelector(".topics [aria-current]")?.scrollIntoView({ block: "nearest" });

for (const heading of document.querySelectorAll("main :is(h2, h3, h4)[id]")) {
  const link = document.createElement("a");
  link.className = "anchor";
  link.href = "#" + heading.id;
  link.textContent = "#";
  link.setAttribute("aria-label", "Link to " + heading.textContent);
  heading.append(link);
}

// What is wider than its box is scrolled by keyboard too.
for (const box of document.querySelectorAll(".wide, pre")) {
  if (box.scrollWidth > box.clientWidth) {
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", box.matches("pre") ? "Code" : "Table");
  }
}

// Of a session, what was typed is copied; of anything else, all of it.
for (const block of document.querySelectorAll(".code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const typed = [...block.querySelectorAll("kbd")].map((line) => line.textContent);
    const text = typed.length ? typed.join("\n") : block.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block.querySelector("code"));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  block.append(button);
}

// Search. The index is a script that calls search(); it is loaded when the field is first used.
const form = document.querySelector("form[role=search]");
const field = form.querySelector("input");
const found = document.getElementById("found");
let index = null;
let chosen = -1;

form.hidden = false;

function search(loaded) {
  const words = new Map();
  for (const line of loaded.words.split("\n")) {
    const [word, ...distances] = line.split(" ");
    let place = 0;
    words.set(word, distances.map((distance) => (place += parseInt(distance, 36))));
  }
  index = { ...loaded, words };
  show();
}
window.search = search;

function load() {
  if (!document.getElementById("search-index")) {
    const script = document.createElement("script");
    script.id = "search-index";
    script.src = root + "search.js";
    document.head.append(script);
  }
}

// Every word must be there, the last one perhaps not yet whole; headings and titles count more than text.
function places(query) {
  const asked = query.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}_-]*/gu) ?? [];
  let scores = null;
  for (const part of asked) {
    const mine = new Map();
    for (const [word, at] of index.words) {
      if (word.startsWith(part)) {
        const worth = word === part ? 3 : 1;
        at.forEach((place) => mine.set(place, Math.max(mine.get(place) ?? 0, worth)));
      }
    }
    for (const [place, worth] of mine) {
      const [page, anchor, heading] = index.places[place];
      const bonus = heading.toLowerCase().includes(part) ? (anchor ? 6 : 8) : 0;
      const title = index.pages[page].title.toLowerCase().includes(part) ? 2 : 0;
      mine.set(place, worth + bonus + title);
    }
    scores = scores === null ? mine : new Map([...scores].filter(([place]) => mine.has(place)).map(([place, sum]) => [place, sum + mine.get(place)]));
  }
  return [...(scores ?? [])].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 12).map(([place]) => index.places[place]);
}

function show() {
  const query = field.value.trim();
  chosen = -1;
  field.removeAttribute("aria-activedescendant");
  found.replaceChildren();
  if (!query || !index) {
    return close();
  }
  const hits = places(query);
  hits.forEach(([page, anchor, heading, excerpt], at) => {
    const link = document.createElement("a");
    link.id = "found-" + at;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    link.tabIndex = -1;
    link.href = root + index.pages[page].to + (anchor ? "#" + anchor : "");
    const title = document.createElement("b");
    title.textContent = heading;
    const where = document.createElement("small");
    where.textContent = (anchor ? index.pages[page].title + ": " : "") + excerpt;
    link.append(title, where);
    found.append(link);
  });
  if (!hits.length) {
    const nothing = document.createElement("p");
    nothing.textContent = "Nothing found.";
    found.append(nothing);
  }
  found.hidden = false;
  field.setAttribute("aria-expanded", "true");
}

function close() {
  found.hidden = true;
  field.setAttribute("aria-expanded", "false");
}

function choose(step) {
  const links = found.querySelectorAll("a");
  if (!links.length) {
    return;
  }
  links[chosen]?.setAttribute("aria-selected", "false");
  chosen = (chosen + step + links.length) % links.length;
  links[chosen].setAttribute("aria-selected", "true");
  links[chosen].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", links[chosen].id);
}

field.addEventListener("focus", load);
field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1);
  } else if (event.key === "Escape") {
    close();
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  (found.querySelector("[aria-selected=true]") ?? found.querySelector("a"))?.click();
});
found.addEventListener("click", close);
document.addEventListener("click", (event) => form.contains(event.target) || close());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, textarea")) {
    event.preventDefault();
    field.focus();
  }
});

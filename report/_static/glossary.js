"use strict";
// A word of the glossary is underlined where a page first says it; pointing at it or reaching it by Tab tells its meaning.
const MEANS = new Map(WORDS), SAID = new Set();
const FORMS = [...MEANS.keys()].sort((a, b) => b.length - a.length).map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
const NEXT = new RegExp(`(?<![\\w-])(${FORMS.join("|")})(?![\\w-]|\\.\\d)`, "g");
const PROSE = ".bd-article p, .bd-article section > ul > li";
const OTHER = "a, strong, code, pre, button, summary, details, figure, math, .math, .schedlab-value, .schedlab-host, .schedlab-warning, .term";

function explained(form) {
  const word = Object.assign(document.createElement("span"), { className: "term", tabIndex: 0, textContent: form });
  const tip = Object.assign(document.createElement("span"), { className: "tip", id: `term-${SAID.size}`, textContent: MEANS.get(form) });
  tip.setAttribute("role", "tooltip");
  word.setAttribute("aria-describedby", tip.id);
  word.append(tip);
  for (const event of ["pointerenter", "focus"]) word.addEventListener(event, () => place(word, tip));
  word.addEventListener("keydown", (event) => { if (event.key === "Escape") word.classList.add("shut"); });
  return word;
}

function place(word, tip) {
  word.classList.remove("shut");
  tip.style.translate = "0";
  const { left, right } = tip.getBoundingClientRect(), room = document.documentElement.clientWidth - 8;
  tip.style.translate = `${Math.min(0, room - right) || Math.max(0, 8 - left)}px`;
}

function first(text) {
  for (const found of text.data.matchAll(NEXT)) {
    const means = MEANS.get(found[1]);
    if (SAID.has(means)) continue;
    SAID.add(means);
    const rest = text.splitText(found.index);
    rest.data = rest.data.slice(found[1].length);
    rest.before(explained(found[1]));
    return rest;
  }
  return null;
}

for (const part of document.querySelectorAll(PROSE)) {
  const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), texts = [];
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(OTHER)) texts.push(walk.currentNode);
  for (let text of texts) while (text) text = first(text);
}

"use strict";
// Figures open large at a click or a key, interactive ones are as tall as they need, and all print on white; without this script the pages are whole all the same.
const shown = document.createElement("dialog");
shown.className = "schedlab-large";
shown.setAttribute("aria-label", "the figure, large; Escape closes it");
shown.addEventListener("click", () => shown.close());
shown.addEventListener("keydown", (event) => { if (event.key === "Escape") shown.close(); }); // the theme prevents the browser's own

for (const picture of document.querySelectorAll("figure.schedlab .picture > img")) {
  const button = Object.assign(document.createElement("button"), { className: "schedlab-zoom", title: "enlarge" });
  picture.replaceWith(button);
  button.append(picture);
  button.addEventListener("click", () => { shown.replaceChildren(picture.cloneNode()); shown.showModal(); });
}
document.body.append(shown);

const frames = [...document.querySelectorAll("figure.schedlab iframe")];
window.addEventListener("message", ({ source, data }) => {
  const frame = frames.find((one) => one.contentWindow === source);
  if (frame && data.schedlabHeight > 0) frame.style.height = `${Math.ceil(data.schedlabHeight)}px`;
});
const ask = (frame) => frame.contentWindow.postMessage("how tall?", "*");
for (const frame of frames) { ask(frame); frame.addEventListener("load", () => ask(frame)); } // one of them finds it listening

const PAPER_PX = 660, tables = document.querySelectorAll("table.schedlab");
let theme = "";
window.addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  for (const frame of frames) shrink(frame, PAPER_PX / frame.offsetWidth);
  for (const table of tables) table.style.zoom = Math.min(1, (1.3 * PAPER_PX) / table.offsetWidth); // in its smaller print
});
window.addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = theme;
  for (const frame of frames) shrink(frame, 0);
  for (const table of tables) table.style.zoom = "";
});

// On paper a frame is made smaller as a picture is: another width would have its figure drawn anew, too late to be printed.
function shrink(frame, scale) {
  const [width, height] = [frame.offsetWidth, frame.offsetHeight];
  frame.style.width = scale ? `${width}px` : "100%";
  frame.style.transform = scale ? `scale(${Math.min(scale, 1)})` : "";
  frame.style.marginBottom = scale ? `${Math.min(scale - 1, 0) * height}px` : "";
}

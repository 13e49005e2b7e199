"use strict";
// Figures open large at a click or a key, interactive ones are as tall as they need, and all print on white; without this script the pages are whole all the same.
const shown = document.createElement("dialog");
shown.className = "schedlab-large";
shown.setAttribute("aria-label", "the figure, large; Escape closes it");
shown.addEventListener("click", () => shown.close());

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
for (const frame of frames) frame.contentWindow.postMessage("how tall?", "*");

let theme = "";
window.addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
window.addEventListener("afterprint", () => { document.documentElement.dataset.theme = theme; });

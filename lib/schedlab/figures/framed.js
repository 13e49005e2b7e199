// Inside another page: says how tall this one is whenever that changes, and when asked, so that its frame fits.
if (window.parent !== window) {
  const say = () => window.parent.postMessage({ schedlabHeight: document.body.offsetHeight }, "*");
  document.documentElement.classList.add("framed");
  new ResizeObserver(say).observe(document.body);
  for (const event of ["load", "message"]) window.addEventListener(event, say); // out of sight nothing is observed
}

// Before anything is drawn: the text size and the folded rail that the reader chose before, so that the page does not jump.
try {
  if (localStorage.getItem("geogrid.large") === "1") document.documentElement.classList.add("large");
  if (localStorage.getItem("geogrid.folded") === "1") document.documentElement.classList.add("folded");
} catch (error) { /* a browser that keeps nothing */ }

// The change form prints itself.
document.getElementById("print").addEventListener("click", () => window.print());

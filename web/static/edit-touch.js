// What a finger can not say by keys: whether a tap selects, adds or takes out, and how a line goes on.
export class Touch {
  constructor(desk) {
    this.desk = desk;
    this.modes = [...document.querySelectorAll("#modes [data-mode]")];
    this.bar = document.getElementById("line-bar");
    for (const button of this.modes) button.addEventListener("click", () => this.setMode(button.dataset.mode));
    for (const button of this.bar.querySelectorAll("[data-line]")) button.addEventListener("click", () => desk.view[button.dataset.line]());
  }

  // The map has come: the bar stands there while a line has points.
  listen(view) {
    view.on("points", ({ n }) => {
      this.bar.hidden = n === 0;
      this.bar.querySelector("[data-line=finish]").disabled = n < 2;
    });
  }

  setMode(mode) {
    this.desk.view?.setMode(mode);
    for (const button of this.modes) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  }
}

import { kept } from "./kept.ts";

type Theme = "dark" | "light";

/** What a person chose for this browser: colours, and whether pictures of the wide network may load. */
export class Settings {
  theme = $state<Theme>("dark");
  pictures = $state(false);

  constructor() {
    const stored = kept.read("theme");
    const asked = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    this.theme = stored === "dark" || stored === "light" ? stored : asked;
    this.pictures = kept.read("pictures") === "yes";
    this.#show();
    // Windows side by side look alike.
    addEventListener("storage", (event) => {
      if (event.key === kept.keyOf("theme") && (event.newValue === "dark" || event.newValue === "light")) this.theme = event.newValue;
      if (event.key === kept.keyOf("pictures")) this.pictures = event.newValue === "yes";
      this.#show();
    });
  }

  turnTheme(): void {
    this.theme = this.theme === "dark" ? "light" : "dark";
    kept.write("theme", this.theme);
    this.#show();
  }

  turnPictures(): void {
    this.pictures = !this.pictures;
    kept.write("pictures", this.pictures ? "yes" : "no");
  }

  #show(): void {
    document.documentElement.dataset.theme = this.theme;
  }
}

// Light or dark: what the person chose, else what the system says. Kept in this browser alone.
export type Choice = "system" | "light" | "dark";

const key = "usher-theme";

function read(): Choice {
  try {
    const kept = localStorage.getItem(key);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system"; // storage can be forbidden
  }
}

class Theme {
  choice = $state<Choice>("system");
  #system = $state(false);
  dark = $derived(this.choice === "system" ? this.#system : this.choice === "dark");

  // start follows the system from now on; called once, by the outermost layout.
  start(): () => void {
    this.choice = read();
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => (this.#system = query.matches);
    follow();
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }

  choose(choice: Choice): void {
    this.choice = choice;
    try {
      if (choice === "system") localStorage.removeItem(key);
      else localStorage.setItem(key, choice);
    } catch {
      // it holds for this page alone then
    }
  }
}

export const theme = new Theme();

// What the API said when it refused: a sentence about the whole, sentences about fields, and those about fields that no page shows.
import { tick } from "svelte";
import { Problem, problemText } from "$lib/api/problem";

export class Refusal {
  // failed is a sentence about the whole.
  failed = $state<string>();
  // rest are the sentences about fields that nothing on the page asked for; they have to be said beside failed.
  rest = $state.raw<string[]>([]);
  #problem = $state.raw<Problem>();
  #asked = new Set<string>();
  #lists = new Set<string>();

  // code is what kind of refusal it was, for what a page offers then.
  get code(): string | undefined {
    return this.#problem?.code;
  }

  // error is what was said about a field, which the caller shows.
  error(path: string): string | undefined {
    this.#asked.add(path);
    return this.#problem?.field(path);
  }

  // errors are the sentences about fields whose paths begin so; for a list that shows all of them.
  errors(prefix: string): string[] {
    this.#lists.add(prefix);
    return this.#below(prefix);
  }

  // wrong is whether something was said about fields whose paths begin so, for what opens to show them.
  wrong(prefix: string): boolean {
    return this.#below(prefix).length > 0;
  }

  // forget drops what was said before, when it is asked anew.
  forget(): void {
    this.#problem = undefined;
    this.failed = undefined;
    this.rest = [];
  }

  // refuse takes what the API said, and leads to the first field that is wrong; done when it is known what no field says.
  refuse(error: unknown): Promise<void> {
    this.#asked.clear();
    this.#lists.clear();
    this.#problem = error instanceof Problem ? error : undefined;
    this.failed = problemText(error);
    this.rest = [];
    return this.#lead();
  }

  // #lead waits until what opens has opened: only then it is known which fields are there.
  async #lead(): Promise<void> {
    const problem = this.#problem;
    await tick();
    await new Promise((later) => setTimeout(later));
    if (this.#problem !== problem) return;
    this.rest = unsaid(problem, (path) => this.#asked.has(path) || [...this.#lists].some((prefix) => path.startsWith(prefix)));
    if (typeof document !== "undefined") document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }

  #below(prefix: string): string[] {
    return (this.#problem?.fields ?? []).filter((field) => Problem.path(field).startsWith(prefix)).map((field) => field.message ?? "");
  }
}

// unsaid are the sentences about fields that are not said, each once.
export function unsaid(problem: Problem | undefined, said: (path: string) => boolean): string[] {
  const left = (problem?.fields ?? []).filter((field) => !said(Problem.path(field))).map((field) => field.message ?? "");
  return [...new Set(left.filter((words) => words !== "" && words !== problem?.detail))];
}

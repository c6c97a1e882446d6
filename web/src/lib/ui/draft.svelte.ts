// What a person is editing: the value as it is typed, whether it differs from what is saved, and what the API said about its fields.
import { tick } from "svelte";
import { beforeNavigate, goto } from "$app/navigation";
import { Problem, problemText } from "$lib/api/problem";
import { leave } from "./leave.svelte";

export class Draft<T extends object> {
  value: T = $state()!;
  saving = $state(false);
  // failed is a sentence about the whole, where no field says it.
  failed = $state<string>();
  #problem = $state.raw<Problem>();
  #saved = $state("");
  dirty = $derived(this.#saved !== JSON.stringify(this.value));

  constructor(value: T) {
    this.reset(value);
  }

  // reset makes value what is saved.
  reset(value: T): void {
    this.value = structuredClone($state.snapshot(value) as T);
    this.#saved = JSON.stringify(this.value);
    this.#problem = undefined;
    this.failed = undefined;
  }

  // code is what kind of refusal it was, for what a page offers then.
  get code(): string | undefined {
    return this.#problem?.code;
  }

  // error is what the API said about a field, until it is saved again.
  error(path: string): string | undefined {
    return this.#problem?.field(path);
  }

  // errors are the sentences about fields whose paths begin so; for a list that shows them in one place.
  errors(prefix: string): string[] {
    return (this.#problem?.fields ?? []).filter((field) => (field.location ?? "").replace(/^body\.?/, "").startsWith(prefix)).map((field) => field.message ?? "");
  }

  // refuse takes what the API said, keeps all that was typed, and leads to the first field that is wrong.
  refuse(error: unknown): void {
    this.#problem = error instanceof Problem ? error : undefined;
    this.failed = problemText(error);
    void tick().then(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }

  // save runs act with the value as it is now; true when it went well.
  async save(act: (value: T) => Promise<T | void>): Promise<boolean> {
    if (this.saving) return false;
    this.saving = true;
    this.#problem = undefined;
    this.failed = undefined;
    try {
      const sent = $state.snapshot(this.value) as T;
      const saved = await act(sent);
      this.reset(saved ?? sent);
      return true;
    } catch (error) {
      this.refuse(error);
      return false;
    } finally {
      this.saving = false;
    }
  }

  // guard asks before the page is left with unsaved changes. Called while a component starts.
  guard(): void {
    beforeNavigate((navigation) => {
      if (!this.dirty || this.saving || leave.sure) return;
      navigation.cancel();
      if (navigation.type === "leave") return; // the browser asks in its own words
      const { to, type, willUnload } = navigation;
      leave.ask(() => {
        if (type === "popstate") history.go(navigation.delta);
        else if (willUnload) location.assign(to!.url);
        else void goto(to!.url);
      });
    });
  }
}

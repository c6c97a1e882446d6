// What a person is editing: the value as it is typed, whether it differs from what is saved, and what the API said about its fields.
import { beforeNavigate, goto } from "$app/navigation";
import { leave } from "./leave.svelte";
import { Refusal } from "./refusal.svelte";
import { canonical, settle } from "./settle";

export class Draft<T extends object> extends Refusal {
  value: T = $state()!;
  saving = $state(false);
  #saved = $state("");
  dirty = $derived(this.#saved !== canonical(this.value));

  constructor(value: T) {
    super();
    this.reset(value);
  }

  // reset makes value what is saved.
  reset(value: T): void {
    this.value = structuredClone($state.snapshot(value) as T);
    this.#saved = canonical(this.value);
    this.forget();
  }

  // save runs act with the value as it is now; true when it went well. What is typed meanwhile stays, and is not saved yet.
  async save(act: (value: T) => Promise<T | void>): Promise<boolean> {
    if (this.saving) return false;
    this.saving = true;
    this.forget();
    try {
      const sent = structuredClone($state.snapshot(this.value) as T);
      const saved = (await act(sent)) ?? sent;
      this.#saved = canonical(saved);
      settle(this.value, sent, saved);
      if (!this.dirty) leave.again();
      return true;
    } catch (error) {
      void this.refuse(error);
      return false;
    } finally {
      this.saving = false;
    }
  }

  // guard asks before the page is left with what is not saved, or not saved yet. Called while a component starts.
  guard(): void {
    beforeNavigate((navigation) => {
      if (!this.dirty || leave.sure) return;
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

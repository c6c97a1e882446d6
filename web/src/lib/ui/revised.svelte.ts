// Something that several people may edit: what was read of it carries a revision, and a change of an older one is told, not overwritten.
import { queries } from "$lib/api/queries";
import { Draft } from "./draft.svelte";
import { toasts } from "./toasts.svelte";

type Ways<T extends object, S> = {
  // formOf opens what was read or saved; sent is what it was saved from.
  formOf: (saved: S, sent?: T) => T;
  put: (form: T, revision: number) => Promise<S>;
  read: () => Promise<S>;
  saved: string | ((now: S) => string); // said when it went well
  lists: readonly string[]; // first keys of the queries that show it
};

export class Revised<T extends object, S extends { revision: number }> {
  readonly draft: Draft<T>;
  // now is what was saved last.
  now: S = $state.raw()!;
  readonly #ways: Ways<T, S>;

  // Called while a component starts: leaving it is guarded.
  constructor(found: S, ways: Ways<T, S>) {
    this.now = found;
    this.#ways = ways;
    this.draft = new Draft(ways.formOf(found));
    this.draft.guard();
  }

  save = async (): Promise<boolean> => {
    const good = await this.draft.save(async (form) => {
      this.now = await this.#ways.put(form, this.now.revision);
      return this.#ways.formOf(this.now, form);
    });
    if (!good) return false;
    const { saved, lists } = this.#ways;
    toasts.good(typeof saved === "string" ? saved : saved(this.now));
    await Promise.all(lists.map((list) => queries.invalidateQueries({ queryKey: [list] })));
    return true;
  };

  // overwrite saves over what somebody else saved meanwhile.
  overwrite = async (): Promise<boolean> => {
    try {
      this.now = await this.#ways.read();
      return await this.save();
    } catch (error) {
      void this.draft.refuse(error);
      return false;
    }
  };
}

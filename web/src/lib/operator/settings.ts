// Settings of the instance in words, and finding one.
import type { Schemas } from "$lib/api/client";
import { text } from "$lib/text";

type Setting = Schemas["InstanceSetting"];
const words = text.operator;

// valueOf is what holds: of a secret, whether it is set; of what is not set, what holds then.
export function valueOf(setting: Setting): string {
  if (setting.secret) return setting.set ? words.secretSet : words.secretNotSet;
  if (!setting.set) return setting.otherwise ?? words.notSet;
  const value = (setting.value ?? "").replaceAll(",", ", ");
  return setting.unit ? words.withUnit(value, setting.unit) : value;
}

// found are the settings in whose texts all words of a search stand, in their groups.
export function found(all: Setting[], search: string): { group: string; settings: Setting[] }[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Setting[]>();
  for (const one of all) {
    const said = `${one.variable ?? ""} ${one.about} ${valueOf(one)} ${words.groups[one.group] ?? ""}`.toLowerCase();
    if (!wanted.every((word) => said.includes(word))) continue;
    groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  }
  return [...groups].map(([group, settings]) => ({ group, settings }));
}

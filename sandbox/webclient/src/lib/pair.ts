import type { Persona, Snowflake } from "./types.ts";

/**
 * Who stands side by side: those asked for, completed by a member on the left and somebody of the staff on the right,
 * as the seed's notes tell, or by whoever is there.
 */
export function pairOf(people: readonly Persona[], asked: readonly Snowflake[]): Snowflake[] {
  const known = (id: Snowflake | undefined): boolean => people.some((persona) => persona.user.id === id);
  const noted = (word: string, without?: Snowflake): Snowflake | undefined =>
    (people.find((persona) => persona.note?.toLowerCase().includes(word) && persona.user.id !== without) ?? people.find((persona) => persona.user.id !== without))?.user.id;
  const right = known(asked[1]) ? asked[1] : undefined;
  const left = known(asked[0]) ? asked[0] : noted("member", right);
  return [left, right ?? noted("staff", left)].filter((id) => id !== undefined);
}

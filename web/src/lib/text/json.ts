// Words of the JSON tree.
export const json = {
  none: "Nothing came back.",
  joined: "[all, joined]",
  pick: (path: string, value: string) => `${path}: ${value}. Add a placeholder for it`,
  rest: (count: number) => `${count} more`,
};

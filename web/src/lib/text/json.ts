// Words of the JSON tree.
export const json = {
  joined: "[all, joined]",
  pick: (path: string, value: string) => `${path}: ${value}. Add a placeholder for it`,
  rest: (count: number) => `${count} more`,
};

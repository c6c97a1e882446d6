// Words of lists whose order people choose.
export const order = {
  drag: (name: string) => `Drag “${name}”`,
  up: (name: string) => `Move “${name}” up`,
  down: (name: string) => `Move “${name}” down`,
  remove: (name: string) => `Remove “${name}”`,
  moved: (name: string, place: number, count: number) => `“${name}” is now number ${place} of ${count}.`,
};

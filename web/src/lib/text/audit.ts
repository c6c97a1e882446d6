// Words of the record of changes.
export const audit = {
  title: "Audit log",
  lead: "Who changed what in this server.",
  none: "Nothing has been changed yet",
  noneLead: "Every change that somebody makes is written here, with who made it and what was different before.",
  program: "Whoever runs Usher",
  via: { dashboard: "on the dashboard", api_key: "by an API key", discord: "at Discord", setup: "by the set-up file", program: "by the program" } as Record<string, string>,
  changed: (field: string, before: string, after: string) => (before && after ? `${field}: “${before}” became “${after}”` : after ? `${field}: “${after}”` : before ? `${field}: “${before}” was removed` : field),
};

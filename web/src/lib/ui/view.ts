// What of an editor a narrow screen shows; a wide one shows both side by side.
export type View = "edit" | "preview";

export const whileEditing = (view: View) => (view === "edit" ? "" : "max-lg:hidden");
export const whilePreviewing = (view: View) => (view === "preview" ? "" : "max-lg:hidden");

// besides puts what is written and its preview side by side.
export const beside = "grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_26rem]";

// What of an editor a narrow screen shows; a wide one shows both side by side.
export type View = "edit" | "preview";

export const whileEditing = (view: View) => (view === "edit" ? "" : "max-lg:hidden");
export const whilePreviewing = (view: View) => (view === "preview" ? "" : "max-lg:hidden");

// following keeps a preview in sight while what it shows is written; a long one scrolls by itself, above the foot of the page.
export const following = "min-w-0 lg:sticky lg:top-32 lg:-mx-1 lg:max-h-[max(20rem,calc(100dvh-14rem))] lg:overflow-y-auto lg:px-1";

// beside puts what is written and its preview side by side.
export const beside = "grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_26rem]";

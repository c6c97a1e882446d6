import { redirect } from "@sveltejs/kit";

// The start is the list of servers; who is not signed in is asked there.
export const load = () => redirect(307, "/guilds");

// The app is drawn in the browser alone; the server knows nothing of its pages.
export const ssr = false;
export const prerender = false;

// characters counts as the API does where it is not Discord's limit: each code point once, an emoji as one.
export const characters = (text: string): number => [...text].length;

export const kSpokenWords: number;
export function heardWords(text: string): number;

// Small helpers around the page's elements and its numbers.

/** The element of that id, which the page's HTML holds. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page lacks #${id}`);
  return element as T;
}

/** Shows the page's heading and what stands below it, or leaves them to screen readers. */
export function showIntro(isShown: boolean): void {
  byId('intro').classList.toggle('visually-hidden', !isShown);
}

/** 75.3 -> '1:15'; 3675 -> '1:01:15'. */
export function clock(seconds: number): string {
  const total_s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(total_s / 60) % 60;
  const hours = Math.floor(total_s / 3600);
  const rest = two(total_s % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** 1234567 -> '1.2 MB'. */
export function megabytes(bytes: number): string {
  return bytes < 1e6
    ? `${Math.max(1, Math.round(bytes / 1e3))} KB`
    : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** 0.42 -> '0.42 s'; 83 -> '83 s'. */
export function secondsText(ms: number): string {
  const seconds = ms / 1000;
  return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
}

/** A name and its value, for a list of figures. */
export function figure(name: string, value: string): HTMLElement {
  const term = document.createElement('dt');
  term.textContent = name;
  const number = document.createElement('dd');
  number.textContent = value;
  const pair = document.createElement('div');
  pair.append(term, number);
  return pair;
}

/** Has the browser save a text as a file. */
export function saveAs(text: string, type: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = fileName;
  link.click();
  // The browser has taken hold of the blob when the click is handled; a moment later is safe.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

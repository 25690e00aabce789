import type { Browser } from '@playwright/test';

export const kChromiumArguments: string[];
export function launchChromium(executablePath: string): Promise<Browser>;

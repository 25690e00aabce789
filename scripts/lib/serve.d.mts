export const kMounts: [prefix: string, dir: string][];

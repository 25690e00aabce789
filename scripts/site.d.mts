export function makeSite(site: string, mounts?: [prefix: string, dir: string][]): Promise<void>;

// Starts a wasm module by its glue, as the package does.

/** What the glue of a wasm module exports. */
export interface WasmGlue<T> {
  default: Create<T>;
}

type Create<T> = (options: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}) => Promise<T>;

export async function startWasm<T>(
  glue: Promise<WasmGlue<T>>,
  bytes: Promise<BufferSource>,
): Promise<T> {
  const { default: create } = await glue;
  const compiled = await WebAssembly.compile(await bytes);
  return create({
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(compiled, imports);
      receive(instance, compiled);
      return instance.exports;
    },
  });
}

/** What we call of koffi, an optional dependency: the project compiles where it could not be installed. */
declare module "koffi" {
  interface NativeLibrary {
    /** A function by its C prototype. */
    func(prototype: string): (...values: readonly unknown[]) => unknown;
  }
  const koffi: { load(file: string): NativeLibrary };

  export { koffi as default };
}

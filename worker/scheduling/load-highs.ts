import { setFlagsFromString } from 'node:v8';
import highsModule, { type Highs } from 'highs';

let loading: Promise<Highs> | undefined;

/** The linear and mixed-integer programme solver HiGHS (Huangfu and Hall, 2018, doi:10.1007/s12532-017-0130-5), loaded once a process. */
export function loadHighs(): Promise<Highs> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Highs> {
  // V8 would compile it a second time in the background; a process that ends waits for that, on a busy machine for seconds.
  setFlagsFromString('--liftoff-only');
  const module: unknown = highsModule;
  if (!isLoader(module)) throw new Error('the package highs exports no loader');
  return module();
}

/** The package's types describe its CommonJS build, where the loader is `default`; as an ES module it is the default export itself. */
function isLoader(value: unknown): value is typeof highsModule.default {
  return typeof value === 'function';
}

import { expect, test } from "vitest";
import { originOf, type Origin } from "./frameOrigin";

const CASES: readonly (readonly [name: string, library: string, kind: string, Origin])[] = [
  ["LazyCompile:*rebuildSearchIndex /srv/app/service.js:101", "", "jit", "app"],
  ["JS:*handle /srv/app/node_modules/express/lib/router/index.js:46:9", "", "jit", "package"],
  ["JS:^get size node:internal/url:820:11", "", "jit", "runtime"],
  ["LazyCompile:*emit events.js:315", "", "jit", "runtime"],
  ["Function:^ /srv/app/service.js:79", "", "jit", "app"],
  ["parse", "/srv/app/busy.js:18", "", "app"],
  ["listOnTimeout", "node:internal/timers:517", "", "runtime"],
  ["render", "https://shop.example/assets/main.js:1:20", "", "app"],
  ["(garbage collector)", "", "", "collection"],
  ["(program)", "", "", "runtime"],
  ["(root)", "", "", "runtime"],
  ["(garbage collection)", "", "user", "collection"],
  ["(compiling)", "", "user", "runtime"],
  ["(V8 worker)", "", "user", "runtime"],
  ["(minor collection)", "", "user", "collection"],
  ["(anonymous)", "/srv/app/busy.js:18", "", "app"],
  ["(anonymous) /srv/bls.js:8:26", "", "jit", "app"],
  ["emit node:events:464", "", "jit", "runtime"],
  ["processTimers node:internal/timers:497", "/tmp/perf-4711.map", "jit", "runtime"],
  ["JS:+'step /srv/client.js:56:14", "/tmp/perf-4711.map", "jit", "app"],
  ["JS:*'processImmediate node:internal/timers:525:28", "/tmp/perf-4711.map", "jit", "runtime"],
  ["get size node:internal/url:820:11", "", "jit", "runtime"],
  ["handle /srv/app/node_modules/express/index.js:3", "", "jit", "package"],
  ["v8::internal::Heap::Scavenge", "/usr/bin/node", "user", "collection"],
  ["v8::internal::Execution::Call", "/usr/bin/node", "user", "runtime"],
  ["Builtins_InterpreterEntryTrampoline", "/usr/bin/node", "user", "runtime"],
  ["uv_run", "/usr/bin/node", "user", "runtime"],
  ["do_syscall_64", "[kernel.kallsyms]", "kernel", "kernel"],
  ["nf_hook", "/lib/modules/6.1/nf.ko", "", "kernel"],
  ["malloc", "/usr/lib/x86_64-linux-gnu/libc.so.6", "user", "runtime"],
  ["deflate", "/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", "user", "package"],
  ["compact_database", "/opt/shop/bin/compactor", "user", "app"],
  ["py::handle:/srv/app/views.py", "/tmp/perf-1.map", "jit", "app"],
  ["py::get:/usr/lib/python3/dist-packages/requests/api.py", "", "jit", "package"],
  ["_PyEval_EvalFrameDefault", "/usr/bin/python3.11", "user", "runtime"],
  ["runtime.mallocgc", "/srv/api", "user", "runtime"],
  ["runtime.gcBgMarkWorker", "/srv/api", "user", "collection"],
  ["main.handle", "/srv/api", "user", "app"],
  ["java/lang/String::hashCode", "", "jit", "runtime"],
  ["org/example/shop/Prices::main", "", "jit", "app"],
];

test.each(CASES)("%s of %s, %s, is %s", (name, library, kind, expected) => {
  expect(originOf(name, library, kind)).toBe(expected);
});

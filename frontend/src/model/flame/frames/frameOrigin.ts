// Who wrote a frame's code: the application, a package, the runtime below both, or the kernel. Own code is what a
// reader can change, so it is what the colours bring out.
export const ORIGINS = ["app", "package", "runtime", "kernel", "collection"] as const;
export type Origin = (typeof ORIGINS)[number];

/** LazyCompile:*hash /srv/app/server.js:3 · JS:^get size node:internal/url:820:11 */
const COMPILED = /^(?:LazyCompile|InterpretedFunction|Function|JS|Script|Eval):[*+^~]?'?/;
/** The file at the end of such a name, or all of a library. */
const FILE = /(?:^|\s)(\S+?)(?::\d{1,9}){0,2}$/;
/** (garbage collector) · (garbage collection) and (minor collection) of a filter · v8::internal::ScavengerCollector::… · G1ParEvacuate · gc_collect_main · runtime.gcBgMarkWorker */
const COLLECTION =
  /garbage collect(?:or|ion)|^\((?:minor|major) collection\)$|v8::internal::(?:\(anonymous namespace\)::)?(?:Heap\b|Scaveng|MarkCompact|Mark(?:er|ing)|Sweeper|ConcurrentMark|Evacuat|MinorMark|\w*Collector)|^(?:G1|PSParallel|Shenandoah|ZMark|ZRelocate|CMS)\w|^gc_collect|^runtime\.(?:gc[A-Z]|scanobject|greyobject|markroot|sweepone)|(?:^|::)SweepSpace/;
/** (program) · (compiling) and (V8 worker) of a filter · Builtins_JSEntry · v8::Function::Call · uv_run · _PyEval_EvalFrameDefault · runtime.mallocgc · JavaCalls::call */
const RUNTIME =
  /^(?:\((?!anonymous\)|unnamed JavaScript\))(?:V8 )?[a-z][a-z ,:]*\)$|Builtins?[_:]|Stub:|BytecodeHandler:|RegExp:|v8::|node::|uv_|uv__|llhttp_|_?Py[A-Z_]|_Py|runtime\.|JavaCalls::|Interpreter$|call_stub|[IJ]VM_|std::|__libc|_start$|start_thread$|clone3?$|non-virtual thunk to node::)/;
/** java/lang/String::hashCode · jdk.internal.misc.Unsafe.park() */
const JDK = /(?:^|\s)(?:java|javax|jdk|sun|com[./]sun|scala|kotlin)[./]\w/;
const KERNEL_LIBRARY = /^\[(?:kernel|guest\.kernel)|\.ko(?:\.\w+)?$/;
/** Memory of a process in brackets, which the server counts to the kernel as FlameScope does: all it knows are the brackets. */
const OTHER_MEMORY = /^\[(?:unknown|vdso|vsyscall|heap|stack|anon|uprobes)\b/;
/** The C library and its like, and the programs that run other people's code. */
const RUNTIME_LIBRARY =
  /(?:^|\/)(?:ld(?:-linux[\w.-]*|-musl[\w.-]*)|lib(?:c|m|pthread|dl|rt|stdc\+\+|gcc_s|jvm|node|python\d[\w.]*|ruby[\w.-]*|v8\w*)|node|nodejs|bun|deno|java|python[\d.]*|ruby|php[\d.]*|perl)(?:[-.]\d[\w.]*)?(?:\.so[\w.]*)?$|^\[vdso\]|^\[vsyscall\]/;
const PACKAGE_FILE = /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor\/bundle|gems|\.cargo\/registry|pkg\/mod)\//;
const RUNTIME_FILE = /^(?:node:|internal\/|native |evalmachine|chrome-extension:|<frozen )|(?:^|\/)lib\/python\d[\w.]*\/|(?:^|\/)usr\/(?:local\/)?go\/src\//;
const SYSTEM_LIBRARY = /^\/(?:usr\/)?lib(?:32|64|exec)?\/|^\/(?:snap|nix\/store)\//;

export function originOf(name: string, library: string, kind: string): Origin {
  if (COLLECTION.test(name)) return "collection";
  if (KERNEL_LIBRARY.test(library) || (kind === "kernel" && !OTHER_MEMORY.test(library))) return "kernel";
  const compiled = COMPILED.test(name);
  const file = compiled ? fileAtEnd(name.replace(COMPILED, "")) : fileAtEnd(library);
  if (PACKAGE_FILE.test(file) || PACKAGE_FILE.test(name)) return "package";
  if (RUNTIME_FILE.test(file)) return "runtime";
  if (compiled) return isOldRuntime(file) ? "runtime" : "app";
  // A filter takes the prefix off: emit node:events:464.
  if ((library === "" || kind === "jit") && RUNTIME_FILE.test(fileAtEnd(name))) return "runtime";
  if (RUNTIME.test(name) || JDK.test(name) || RUNTIME_LIBRARY.test(file)) return "runtime";
  if (SYSTEM_LIBRARY.test(file)) return "package";
  return name.startsWith("[unknown]") && (library === "" || library === "[unknown]") ? "runtime" : "app";
}

/** Node's own files before Node 16: _http_server.js:1026, events.js:315. */
function isOldRuntime(file: string): boolean {
  return file !== "" && !file.includes("/") && !file.includes("\\");
}

function fileAtEnd(text: string): string {
  return FILE.exec(text)?.[1] ?? text;
}

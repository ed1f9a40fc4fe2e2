// Files may be dropped anywhere on any screen. While they hover, the page shows the effect of a drop.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { formatsInWords } from "../../model/profiles/formats";
import { useFormats } from "../../state/formats";
import { useImporting } from "./context";
import classes from "./importing.module.css";

export function DropTarget({ children }: { readonly children: ReactNode }) {
  const { offer, upload } = useImporting();
  const formats = useFormats();
  const refused = offer?.upload.enabled === false ? offer.upload.reason : undefined;
  const [over, setOver] = useState(false);
  const latest = useRef({ upload, refused });
  useEffect(() => {
    latest.current = { upload, refused };
  });

  useEffect(() => {
    // Elements inside enter before the one around them is left: count.
    let depth = 0;
    const withFiles = (run: (event: DragEvent) => void) => (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // Otherwise the browser would leave the page and open the file.
      event.preventDefault();
      run(event);
    };
    const handlers = {
      dragenter: withFiles(() => setOver(++depth > 0)),
      dragover: withFiles(({ dataTransfer }) => {
        dataTransfer!.dropEffect = latest.current.refused === undefined ? "copy" : "none";
      }),
      dragleave: withFiles(() => {
        depth = Math.max(0, depth - 1);
        setOver(depth > 0);
      }),
      drop: withFiles(({ dataTransfer }) => {
        depth = 0;
        setOver(false);
        const files = filesOf(dataTransfer!);
        if (latest.current.refused === undefined && files.length > 0) latest.current.upload(files);
      }),
    };
    const pairs = Object.entries(handlers) as [keyof typeof handlers, (event: DragEvent) => void][];
    for (const [name, handler] of pairs) window.addEventListener(name, handler);
    return () => {
      for (const [name, handler] of pairs) window.removeEventListener(name, handler);
    };
  }, []);

  return (
    <>
      {children}
      {over && (
        <div className={classes.drop} role="status" data-testid="drop-overlay">
          <p>{refused === undefined ? "Drop to upload" : "This server takes no uploads"}</p>
          <p className={classes.dim}>{refused ?? formatsInWords(formats)}</p>
        </div>
      )}
    </>
  );
}

/** Leave folders out: browsers pass them as files that cannot be read. */
function filesOf({ items, files }: DataTransfer): readonly File[] {
  const listed = [...files];
  const entries = [...items].filter(({ kind }) => kind === "file").map(entryOf);
  return entries.length === listed.length ? listed.filter((_, index) => !entries[index]?.isDirectory) : listed;
}

function entryOf(item: DataTransferItem): FileSystemEntry | null {
  return typeof item.webkitGetAsEntry === "function" ? item.webkitGetAsEntry() : null;
}

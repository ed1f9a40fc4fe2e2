// The menu of a file: actions besides opening it.
import { ActionIcon, Menu } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { downloadAddress } from "../../api/uploads";
import { baseNameOf } from "../../model/profiles/list/profileList";
import { useImporting } from "../importing/context";
import { OpenAsItems } from "../shared/OpenAs";

const DeleteDialog = lazy(() => import("./DeleteDialog"));

interface RowMenuProps {
  readonly filename: string;
  /** Its format in the list. */
  readonly type: string;
}

export function RowMenu({ filename, type }: RowMenuProps) {
  const { offer } = useImporting();
  const [deleting, setDeleting] = useState(false);
  const refused = offer?.upload.enabled === false ? (offer.upload.reason ?? undefined) : undefined;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size={20} variant="subtle" aria-label={`More for ${filename}`} title="More" data-testid="row-menu">
            ⋯
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={downloadAddress(filename)} download={baseNameOf(filename)} data-testid="download">
            Download
          </Menu.Item>
          <Menu.Item
            disabled={refused !== undefined}
            title={refused}
            onClick={() => setDeleting(true)}
            data-testid="delete"
          >
            Delete…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>Open as</Menu.Label>
          <OpenAsItems filename={filename} except={type} />
        </Menu.Dropdown>
      </Menu>
      {deleting && (
        <Suspense>
          <DeleteDialog filenames={[filename]} onClose={() => setDeleting(false)} />
        </Suspense>
      )}
    </>
  );
}

// For a file that does not look like any format: somebody may know better, and says which it is.
import { Button, Menu } from "@mantine/core";
import { Link } from "react-router";
import { PROFILE_TYPES } from "../model/profiles/profileList";
import { explorerLink } from "../state/explorerUrl";

interface OpenAsProps {
  readonly filename: string;
  readonly onOpen?: () => void;
}

export function OpenAs({ filename, onOpen }: OpenAsProps) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button rightSection={<span aria-hidden>▾</span>} aria-label={`Open as: ${filename}`} data-testid="open-as">
          Open as
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <OpenAsItems filename={filename} onOpen={onOpen} />
      </Menu.Dropdown>
    </Menu>
  );
}

interface OpenAsItemsProps {
  readonly filename: string;
  readonly onOpen?: (() => void) | undefined;
  /** What it is opened as anyway. */
  readonly except?: string;
}

/** The part of a menu that says what there is to choose. */
export function OpenAsItems({ filename, onOpen, except }: OpenAsItemsProps) {
  return PROFILE_TYPES.filter(([type]) => type !== except).map(([type, title]) => (
    <Menu.Item
      key={type}
      component={Link}
      to={explorerLink({ file: filename, type })}
      onClick={onOpen}
      data-testid={`open-as-${type}`}
    >
      {title}
    </Menu.Item>
  ));
}

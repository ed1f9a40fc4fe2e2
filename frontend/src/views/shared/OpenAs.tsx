// Opens a file that is not recognised as the format that the user names.
import { Button, Menu } from "@mantine/core";
import { Link } from "react-router";
import { oneOfEachType } from "../../model/profiles/formats";
import { explorerLink } from "../../state/explorer/explorerUrl";
import { useFormats } from "../../state/formats";

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
  /** The format that it is opened as by default. */
  readonly except?: string;
}

/** The items of a menu, one for each type. */
export function OpenAsItems({ filename, onOpen, except }: OpenAsItemsProps) {
  const types = oneOfEachType(useFormats()).filter(({ type }) => type !== except);
  return types.map(({ type, title }) => (
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

// Light, dark, or as the system: a personal choice, so it lives in this browser, not in the address.
import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { memo } from "react";
import { ContrastIcon } from "../shared/icons";

const CHOICES: readonly (readonly [MantineColorScheme, string])[] = [
  ["light", "Light"],
  ["dark", "Dark"],
  ["auto", "System"],
];

export const ThemeMenu = memo(function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label="Theme" title="Theme" data-testid="theme-menu" data-theme={colorScheme}>
          <ContrastIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {CHOICES.map(([value, label]) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick data-testid={`theme-${value}`}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
});

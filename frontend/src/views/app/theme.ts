// Mantine in our greys and our density. Components get their size here, once.
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#f6f6f7",
  "#e9e9ec",
  "#d4d4d9",
  "#b9b9c1",
  "#94949e",
  "#75757f",
  "#5c5c66",
  "#46464f",
  "#2f2f36",
  "#1b1b1f",
];

export const theme = createTheme({
  colors: { ink },
  primaryColor: "ink",
  // White text on it has a contrast of 4.5 at least, and it has 3 to what lies around.
  primaryShade: { light: 8, dark: 5 },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 4,
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: "var(--mono)",
  components: {
    Button: { defaultProps: { size: "compact-xs", variant: "default", fw: 500 } },
    ActionIcon: { defaultProps: { size: 26, variant: "default" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    Input: { styles: { input: { height: 26, minHeight: 26, lineHeight: "24px" } } },
    // The placeholder that would take the focus first has no place in a menu; the first item takes it.
    Menu: { defaultProps: { shadow: "md", withinPortal: true, withInitialFocusPlaceholder: false } },
    // A dialog's header is not the page's.
    Modal: { defaultProps: { attributes: { header: { role: "presentation" } } } },
  },
});

// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { createRef } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SearchField } from "./SearchField";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The field, whose value the test sets as the address would, sooner or later. */
function open() {
  const sent = vi.fn<(value: string) => void>();
  const at = (value: string) => (
    <MantineProvider>
      <SearchField ref={createRef()} value={value} onChange={sent} fault={undefined} result={null} />
    </MantineProvider>
  );
  const { rerender } = render(at(""));
  const field = screen.getByTestId<HTMLInputElement>("search");
  return {
    field,
    sent,
    arrive: (value: string) => {
      rerender(at(value));
    },
    type: (text: string) => fireEvent.change(field, { target: { value: text } }),
    pause: () => act(() => vi.advanceTimersByTime(200)),
  };
}

describe("the search field", () => {
  it("keeps letters that are typed before the address has the ones before", () => {
    const { field, sent, arrive, type, pause } = open();
    type("reb");
    pause();
    type("rebui");
    pause();
    type("rebuild");
    arrive("reb");
    expect(field.value).toBe("rebuild");
    arrive("rebui");
    expect(field.value).toBe("rebuild");
    pause();
    expect(sent.mock.calls.map(([value]) => value)).toEqual(["reb", "rebui", "rebuild"]);
    arrive("rebuild");
    expect(field.value).toBe("rebuild");
  });

  it("takes over what Back, Forward and links bring, also a text of its own", () => {
    const { field, sent, arrive, type, pause } = open();
    type("reb");
    pause();
    arrive("reb");
    arrive("");
    expect(field.value).toBe("");
    arrive("reb");
    expect(field.value).toBe("reb");
    fireEvent.keyDown(field, { key: "Escape" });
    expect(sent).toHaveBeenLastCalledWith("");
    arrive("");
    arrive("emit");
    expect(field.value).toBe("emit");
  });
});

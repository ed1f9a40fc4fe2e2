// @vitest-environment jsdom
import { act, render, screen } from "@testing-library/react";
import { Suspense, useState } from "react";
import { expect, it, vi } from "vitest";
import { preloadable } from "./preloadable";

function Counter({ name }: { readonly name: string }) {
  const [count, setCount] = useState(0);
  return <button onClick={() => setCount(count + 1)}>{`${name} ${count}`}</button>;
}
const shown = (Part: React.ComponentType<{ name: string }>, name: string) => (
  <Suspense fallback="fetching">
    <Part name={name} />
  </Suspense>
);

it("is there at once where it was fetched before", async () => {
  const load = vi.fn(() => Promise.resolve({ default: Counter }));
  const [Part, preload] = preloadable(load);
  await act(async () => Promise.resolve(preload()));
  render(shown(Part, "a"));
  expect(screen.getByRole("button").textContent).toBe("a 0");
  expect(load).toHaveBeenCalledTimes(1);
});

it("is fetched when it is first shown, and keeps its state when others are fetched meanwhile", async () => {
  const [Part, preload] = preloadable(() => Promise.resolve({ default: Counter }));
  const { rerender } = render(shown(Part, "a"));
  expect(screen.getByText("fetching")).toBeTruthy();
  const button = await screen.findByRole("button");
  act(() => button.click());
  await act(async () => Promise.resolve(preload()));
  rerender(shown(Part, "b"));
  expect(screen.getByRole("button").textContent).toBe("b 1");
});

it("fetches again after a failure that nobody saw", async () => {
  const load = vi.fn<() => Promise<{ default: typeof Counter }>>().mockRejectedValueOnce(new Error("offline")).mockResolvedValue({ default: Counter });
  const [Part, preload] = preloadable(load);
  await act(async () => Promise.resolve(preload()));
  render(shown(Part, "a"));
  expect((await screen.findByRole("button")).textContent).toBe("a 0");
  expect(load).toHaveBeenCalledTimes(2);
});

// Entry: styles first, then the tree of providers.
import "./views/styles";
import { createRoot } from "react-dom/client";
import { App } from "./views/App";

createRoot(document.getElementById("root")!).render(<App />);

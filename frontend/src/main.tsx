// Entry: styles first, then the tree of providers.
import "./views/app/styles";
import { createRoot } from "react-dom/client";
import { App } from "./views/app/App";

createRoot(document.getElementById("root")!).render(<App />);

// Entry of the viewer in exported files (flamescope_py/export/page.py): one script and one style, without requests.
import "../views/app/app.css";
import "./report.css";
import { createRoot } from "react-dom/client";
import type { Report } from "../types/wire";
import { ReportView } from "./ReportView";

const data = document.getElementById("report")?.textContent ?? "";
createRoot(document.getElementById("root")!).render(<ReportView report={JSON.parse(data) as Report} />);

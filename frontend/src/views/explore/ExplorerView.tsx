// Second screen: when, above, and why, below. Everything about another profile starts afresh.
import { useExplorer } from "../../state/explorer/useExplorer";
import { Explorer } from "./Explorer";
import { Navigate } from "react-router";

export default function ExplorerView() {
  const [state, change] = useExplorer();
  if (state.file === "") return <Navigate to="/" replace />;
  return <Explorer key={JSON.stringify([state.type, state.file])} state={state} change={change} />;
}

// A job of a server, for tests.
import type { Job } from "../../types/imports";

export const JOB: Job = {
  id: "1",
  kind: "capture",
  source: "admin@beacon 'node'",
  state: "running",
  step: "connecting",
  done: 0,
  size: null,
  secondsLeft: null,
  created: "2026-01-01T00:00:00Z",
  started: null,
  ended: null,
  error: null,
  filename: null,
  warnings: [],
  live: null,
};

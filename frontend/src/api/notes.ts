// Notes on stretches of a profile.
import type { NoteBody } from "../types/api";
import type { Note, NotesAnswer } from "../types/wire";
import { address, getJson, send } from "./client";

export function fetchNotes(filename: string, signal: AbortSignal): Promise<NotesAnswer> {
  return getJson(address("notes/", { filename }), signal);
}

export function sendNote(filename: string, note: NoteBody): Promise<Note> {
  return send("POST", address("notes/", { filename }), note);
}

export function deleteNote(filename: string, note: string): Promise<void> {
  return send("DELETE", address("notes/", { filename, note }));
}

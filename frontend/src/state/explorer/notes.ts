// The notes of the open profile, and the name that this browser's user signs with.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { deleteNote, fetchNotes, sendNote } from "../../api/notes";
import type { NoteBody } from "../../types/api";
import { StoredText, useStoredText } from "../browserStorage";

const NOTES = "notes";
const author = new StoredText("flamescope-author");

/** @param ready whether the profile is drawn: nothing waits for notes */
export function useNotes(filename: string, ready: boolean) {
  return useQuery({
    queryKey: [NOTES, filename],
    queryFn: ({ signal }) => fetchNotes(filename, signal),
    enabled: ready && filename !== "",
    retry: false,
  });
}

export function useAddNote(filename: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (note: NoteBody) => sendNote(filename, note),
    onSuccess: () => client.invalidateQueries({ queryKey: [NOTES, filename] }),
  });
}

export function useRemoveNote(filename: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (note: string) => deleteNote(filename, note),
    onSuccess: () => client.invalidateQueries({ queryKey: [NOTES, filename] }),
  });
}

export function useAuthor(): readonly [string, (name: string) => void] {
  return [useStoredText(author) ?? "", (name) => void author.write(name)];
}

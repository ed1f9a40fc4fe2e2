/* The state of a reading, and what its caller sees of it. */
#ifndef FS_STATE_H
#define FS_STATE_H

#include "tables.h"

#define ODD (-1)             /* a meaning: the reader of single lines must take this block */
#define NO_NUMBERS INT32_MIN /* of a thread whose task has all that is known of it */

/* A block of text: an event line, its frame lines, a blank line. `head`, `end`: places in the text of the event line and behind
 * the blank line. `line`: lines of the piece before it. `time` is in seconds. `thread`, `trigger`: ids, ODD where the block is
 * odd. `cpu`, `period`: -1 where the meaning of the task or trigger has it. After fs_nodes, `node` is where the stack ends, ODD
 * where the block is odd, and `depth` counts its frames. */
typedef struct {
    double time;
    int64_t period;
    int32_t head, end, line, thread, cpu, trigger, node, depth;
} fs_block;

/* `pid` is -1 where there is none. */
typedef struct { int32_t task, pid, tid; } fs_thread;
typedef struct { int32_t start, size; } span;
/* The whole line of a new symbol. `library` is the id of its module where the line is plain: then the symbol in `names` and the
 * module are all there is to it. Else EMPTY. */
typedef struct { span line; int32_t library; } fs_symbol;
typedef struct { int32_t block; span text; } slow_time;
typedef struct { int32_t block, kind; } other;

/* All arrays belong to the kernel and are valid until the next call. Blocks, threads, nodes (`parent`, `frame`) and `others` are those
 * since fs_drop, the rest are those of the last piece; places in the text are in the piece of their block. `*_text`: places of parts that
 * are new, in the order of their ids; a task is shown as all that stands before the timestamp. `names`: the symbols of plain lines,
 * each with a line end.
 * `slow`: timestamps with more digits than a double has. */
typedef struct {
    int64_t blocks, lines;
    int64_t odd; /* after fs_nodes: odd blocks of the last piece */
    const fs_block *block;
    int64_t new_tasks, new_triggers, new_libraries, new_symbols, new_threads, slows;
    const span *task_text, *trigger_text, *library_text;
    const fs_symbol *symbol;
    const uint8_t *names;
    int64_t names_size;
    const fs_thread *thread;
    const slow_time *slow;
    int64_t new_nodes;
    const uint32_t *parent, *frame;
    int64_t other_lines; /* after fs_nodes: lines of blocks that are not odd, by their block */
    const other *others;
    int64_t bytes; /* held by the tables that fs_forget empties */
} fs_view;

/* What else is known of a block: its task, the symbol of its innermost line, and its body, which are all lines behind that
 * one; EMPTY where it has none. */
typedef struct { int32_t task, leaf, body; } parts;

/* A body: its symbols are `depth` items of `ids`, the innermost first. */
typedef struct { uint32_t ids, depth; } body;

typedef struct {
    uint64_t seed;
    int numbered;
    text_table tasks, triggers, libraries, symbols, bodies;
    key_table numbers, threads, ends, trie; /* pid, tid; task, numbers; command, body; parent, frame */
    array body, ids, thread;
    int64_t kept_bodies, kept_ids;
    int64_t hits, misses;
    int caching;
    array block, parts, task_text, trigger_text, library_text, symbol, names, slow, others;
    array parent, frame, depth, near_path, far_path;
    int64_t seen_nodes, seen_threads, walked;
    int64_t known_tasks, known_triggers, known_libraries, known_symbols;
    fs_view view;
} fs_state;

/* Updates the view. */
const fs_view *fs_show(fs_state *s);

#endif

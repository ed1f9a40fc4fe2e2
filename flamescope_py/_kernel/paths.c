/* Numbers for things that repeat: the nodes of a tree, by parent and frame, distinct keys and distinct texts. And walks in forests. */
#include "tables.h"

#include <inttypes.h>
#include <stdio.h>

/* Returns an empty table, or NULL without memory. Nodes never depend on the seed. */
key_table *fs_paths_new(uint64_t seed) {
    key_table *t = calloc(1, sizeof *t);
    if (t) t->seed = seed;
    return t;
}

void fs_paths_free(key_table *t) {
    if (t) free(t->slots);
    free(t);
}

/* Finds the nodes where stacks end. `frames`, below 2^32, has all stacks one after the other, each from the root to the leaf, and
 * `lengths` the number of frames of each, which may be 0: such a stack ends at node 0, the root. New nodes are numbered from `next` on.
 * `parent` and `frame` have room for as many rows as there are frames, and get one for each new node; `ends` gets the node of every stack.
 *
 * Returns the number of new nodes, or -1 without memory, and where a node would get a number of 2^31. The table then has nodes that its caller
 * does not have, and must be freed. */
int64_t fs_paths_stacks(key_table *t, const int64_t *frames, const int64_t *lengths, int64_t stacks, int64_t next, uint32_t *parent,
                        uint32_t *frame, int64_t *ends) {
    int64_t new = 0;
    for (int64_t i = 0; i < stacks; i++) {
        int32_t node = 0;
        for (int64_t left = lengths[i]; left > 0; left--, frames++) {
            if (next + new >= INT32_MAX) return -1;
            int32_t fresh_node = (int32_t)(next + new);
            int32_t found = key_intern(t, (uint64_t)(uint32_t)node << 32 | (uint32_t)*frames, fresh_node);
            if (found == NO_MEMORY) return -1;
            if (found == fresh_node) {
                parent[new] = (uint32_t)node;
                frame[new++] = (uint32_t)*frames;
            }
            node = found;
        }
        ends[i] = node;
    }
    return new;
}

/* Numbers distinct keys in the order in which they come, from 0. `numbers` and `firsts` have room for `count` rows: `numbers` gets the
 * number of every key, and `firsts` the place where each number first stands. Returns how many numbers there are, or -1 without memory. */
int64_t fs_number_keys(const uint64_t *keys, int64_t count, uint64_t seed, int64_t *numbers, int64_t *firsts) {
    key_table t = {.seed = seed};
    int64_t used = 0;
    for (int64_t i = 0; i < count; i++) {
        int32_t found = used < INT32_MAX ? key_intern(&t, keys[i], (int32_t)used) : NO_MEMORY;
        if (found == NO_MEMORY) {
            used = -1;
            break;
        }
        if (found == used) firsts[used++] = i;
        numbers[i] = found;
    }
    free(t.slots);
    return used;
}

/* Numbers distinct texts, which stand from `starts` to `ends`, as `fs_number_keys` does keys. */
int64_t fs_number_texts(const uint8_t *data, const int64_t *starts, const int64_t *ends, int64_t count, uint64_t seed, int64_t *numbers,
                        int64_t *firsts) {
    text_table t = {0};
    int64_t used = 0;
    for (int64_t i = 0; i < count; i++) {
        text_key key = {.first = data + starts[i], .first_size = ends[i] - starts[i]};
        int32_t found = used < INT32_MAX ? text_intern(&t, &key, text_hash(&key, seed)) : NO_MEMORY;
        if (found == NO_MEMORY) {
            used = -1;
            break;
        }
        if (found == used) firsts[used++] = i;
        numbers[i] = found;
    }
    text_free(&t);
    return used;
}

/* ---- forests whose rows stand behind their parents; row 0 is the root, and its own parent ---- */

/* Writes the number of steps from every row to the root. */
void fs_forest_depths(const int64_t *parent, int64_t rows, int64_t *depth) {
    if (rows) depth[0] = 0;
    for (int64_t i = 1; i < rows; i++) depth[i] = depth[parent[i]] + 1;
}

/* Gives each row whose value is negative that of its parent. */
void fs_forest_inherit(const int64_t *parent, int64_t rows, int64_t *values) {
    for (int64_t i = 1; i < rows; i++)
        if (values[i] < 0) values[i] = values[parent[i]];
}

/* Marks `count` chosen rows and all rows above them. `marked` is 0 elsewhere. */
void fs_forest_mark(const int64_t *parent, const int64_t *chosen, int64_t count, uint8_t *marked) {
    for (int64_t i = 0; i < count; i++)
        for (int64_t row = chosen[i]; !marked[row]; row = parent[row]) marked[row] = 1;
}

/* ---- folded stacks ---- */

/* Writes the stacks of the nodes from `*at` on that have an `own` value, one on a line: the names of the frames from the first level to
 * the node, with `;` between them, a blank and the value. Node 0 is the root and its own parent, which is written only for its own value;
 * the others stand behind their parents. Name i lies in `names` from starts[i] to starts[i + 1]. Moves `*at` behind the last node whose
 * line fits into `room` bytes. Returns how many bytes were written, or, where the first line does not fit, its size, negative. */
int64_t fs_folded(const uint32_t *parent, const uint32_t *frame, const int64_t *own, int64_t nodes, const uint8_t *names,
                  const int64_t *starts, int64_t *at, uint8_t *out, int64_t room) {
    int64_t written = 0;
    for (; *at < nodes; ++*at) {
        if (!own[*at]) continue;
        char value[24];
        int64_t digits = snprintf(value, sizeof value, " %" PRId64 "\n", own[*at]), size = digits - 1;
        uint32_t node = (uint32_t)*at;
        do {
            size += 1 + starts[frame[node] + 1] - starts[frame[node]];
            node = parent[node];
        } while (node);
        if (size > room - written) return written ? written : -size;
        uint8_t *end = out + (written += size) - digits;
        memcpy(end, value, (size_t)digits);
        for (node = (uint32_t)*at;; *--end = ';') {
            int64_t length = starts[frame[node] + 1] - starts[frame[node]];
            end -= length;
            memcpy(end, names + starts[frame[node]], (size_t)length);
            node = parent[node];
            if (!node) break;
        }
    }
    return written;
}

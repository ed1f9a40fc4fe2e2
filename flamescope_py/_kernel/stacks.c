/* Stacks as nodes of a tree: walks the stacks of a piece into the trie, and brings a finished tree into pre-order. */
#include "state.h"

/* The meaning of all parts known so far. `command`: a frame for every task, or ODD. `java`: whether a task takes `java_code`
 * instead of `code`. `good`: 0 for a trigger that is odd, 2 for one that is odd where its stack has no frames, else 1. `code`,
 * `java_code`: a frame for every symbol, ODD, or -2 - i for the frames several[several_at[i]] to
 * several[several_at[i + 1] - 1], the outermost first. `kind`: for every symbol that is no frame a number above 0, or NULL
 * where there is none; the view then lists these lines in `others`. */
typedef struct {
    const int32_t *command;
    const uint8_t *java, *good;
    const int32_t *code, *java_code, *several_at, *several;
    const uint8_t *kind;
    int64_t tasks, triggers, symbols, severals, max_depth;
} fs_meaning;

static inline uint64_t pair_of(int32_t high, int32_t low) { return (uint64_t)(uint32_t)high << 32 | (uint32_t)low; }

/* Returns the node of a frame below a node, known or new. */
static int32_t child(fs_state *s, int32_t parent, uint32_t frame) {
    int32_t next = (int32_t)s->parent.count;
    if (s->parent.count >= INT32_MAX) return NO_MEMORY;
    int32_t id = key_intern(&s->trie, (uint64_t)(uint32_t)parent << 32 | frame, next);
    if (id != next) return id;
    int32_t depth = AT(s->depth, int32_t, parent) + 1;
    if (PUSH(s->parent, uint32_t, (uint32_t)parent) || PUSH(s->frame, uint32_t, frame) || PUSH(s->depth, int32_t, depth))
        return NO_MEMORY;
    return id;
}

/* Counts the frames of a symbol. */
static inline int64_t frames_of(int32_t code, const fs_meaning *m) {
    return code >= 0 ? 1 : code == ODD ? 0 : m->several_at[-code - 1] - m->several_at[-2 - code];
}

/* Counts the frames of a body; ODD where one of its lines is odd, or there are too many. */
static int64_t count_frames(const fs_state *s, const body *b, const int32_t *code, const fs_meaning *m) {
    int64_t frames = 0;
    for (uint32_t i = 0; i < b->depth; i++) {
        int32_t c = code[AT(s->ids, int32_t, b->ids + i)];
        if (c == ODD) return ODD;
        frames += frames_of(c, m);
    }
    return frames > m->max_depth ? ODD : frames;
}

/* Appends the frames of a symbol to a path, the outermost first. Returns -1 without memory. */
static int add_frames(array *path, int32_t code, const fs_meaning *m) {
    if (code >= 0) return PUSH(*path, uint32_t, (uint32_t)code);
    for (int32_t i = m->several_at[-2 - code]; i < m->several_at[-1 - code]; i++)
        if (PUSH(*path, uint32_t, (uint32_t)m->several[i])) return -1;
    return 0;
}

/* Lists a line that is no frame. Returns -1 without memory. */
static int add_other(fs_state *s, int64_t block, int32_t symbol, const fs_meaning *m) {
    return m->kind[symbol] ? PUSH(s->others, other, ((other){(int32_t)block, m->kind[symbol]})) : 0;
}

/* Lists the lines of a block that are no frames. Returns -1 without memory. */
static int add_others(fs_state *s, int64_t block, const parts *p, const fs_meaning *m) {
    if (p->leaf != EMPTY && add_other(s, block, p->leaf, m)) return -1;
    const body *b = p->body == EMPTY ? NULL : &AT(s->body, body, p->body);
    for (uint32_t i = 0; b && i < b->depth; i++)
        if (add_other(s, block, AT(s->ids, int32_t, b->ids + i), m)) return -1;
    return 0;
}

/* ---- stacks are walked into the trie side by side, so that memory is fetched for all of them at once; those with a known body
 * take one step, and do not walk beside the others ---- */

#define SIDE_BY_SIDE 16
#define ENDS_AHEAD 16

/* A stack on its way: `steps` frames of `path` from `first` on, below `node`. The body of `key` ends behind the first `mark`
 * of them; 0 where its end is known, or is not kept. */
typedef struct { int64_t block, first, steps, mark; uint64_t key; int32_t node; } walker;
typedef struct { walker walkers[SIDE_BY_SIDE]; int count; array *path; } walkers;

/* Walks all stacks of `w` and writes the ends of their blocks. Returns -1 without memory. */
static int walk(fs_state *s, walkers *w) {
    int64_t most = 0;
    for (int i = 0; i < w->count; i++) most = w->walkers[i].steps > most ? w->walkers[i].steps : most;
    for (int64_t step = 0; step < most; step++) {
        for (int i = 0; i < w->count; i++) {
            const walker *one = &w->walkers[i];
            if (step < one->steps)
                key_prefetch(&s->trie, (uint64_t)(uint32_t)one->node << 32 | AT(*w->path, uint32_t, one->first + step));
        }
        for (int i = 0; i < w->count; i++) {
            walker *one = &w->walkers[i];
            if (step >= one->steps) continue;
            one->node = child(s, one->node, AT(*w->path, uint32_t, one->first + step));
            if (one->node < 0) return -1;
            if (step + 1 == one->mark && key_intern(&s->ends, one->key, one->node) < 0) return -1;
        }
    }
    for (int i = 0; i < w->count; i++) {
        const walker *one = &w->walkers[i];
        fs_block *b = &AT(s->block, fs_block, one->block);
        b->node = one->node;
        b->depth = AT(s->depth, int32_t, one->node);
    }
    w->count = 0;
    w->path->count = 0;
    return 0;
}

/* Returns the key of the end of a block's body below its command. There must be a body. */
static inline uint64_t end_key(const parts *p, const fs_meaning *m) { return pair_of(m->command[p->task], p->body); }

/* Sends one block on its way into the trie, among the `near` walkers where the end of its body is known; these are walked when they
 * are many. Returns -1 without memory. */
static int find_node(fs_state *s, int64_t block, const fs_meaning *m, walkers *near, walkers *far) {
    fs_block *b = &AT(s->block, fs_block, block);
    const parts *p = &AT(s->parts, parts, block);
    b->node = ODD;
    b->depth = 0;
    if (b->trigger < 0 || !m->good[b->trigger] || m->command[p->task] < 0) return 0;
    const int32_t *code = m->java[p->task] ? m->java_code : m->code;
    int32_t leaf = p->leaf == EMPTY ? 0 : code[p->leaf];
    if (p->leaf != EMPTY && leaf == ODD) return 0;
    const body *callers = p->body == EMPTY ? NULL : &AT(s->body, body, p->body);
    walker one = {block, 0, 0, 0, 0, 0};
    int64_t depth = p->leaf == EMPTY ? 0 : frames_of(leaf, m);
    int32_t known = EMPTY;
    if (callers && p->body < s->kept_bodies) {
        one.key = end_key(p, m);
        known = key_find(&s->ends, one.key);
    }
    if (known != EMPTY) {
        one.node = known;
        depth += AT(s->depth, int32_t, known);
    } else if (callers) {
        int64_t below = count_frames(s, callers, code, m);
        if (below == ODD) return 0;
        depth += below;
        one.mark = p->body < s->kept_bodies ? 1 + below : 0;
    }
    if (depth > m->max_depth || (m->good[b->trigger] == 2 && !depth)) return 0;
    if (m->kind && add_others(s, block, p, m)) return -1;
    walkers *w = known == EMPTY ? far : near;
    one.first = w->path->count;
    if (known == EMPTY) {
        if (PUSH(*w->path, uint32_t, (uint32_t)m->command[p->task])) return -1;
        for (uint32_t i = callers ? callers->depth : 0; i-- > 0;)
            if (add_frames(w->path, code[AT(s->ids, int32_t, callers->ids + i)], m)) return -1;
    }
    if (p->leaf != EMPTY && add_frames(w->path, leaf, m)) return -1;
    one.steps = w->path->count - one.first;
    w->walkers[w->count++] = one;
    return w->count < SIDE_BY_SIDE ? 0 : walk(s, w);
}

/* Finds the node of every block of the last piece. Returns the view, or NULL without memory or where the meaning does not cover
 * all parts. May be called again. */
const fs_view *fs_nodes(fs_state *s, const fs_meaning *m) {
    if (m->tasks < s->tasks.used || m->triggers < s->triggers.used || m->symbols < s->symbols.used) return NULL;
    walkers near = {.path = &s->near_path}, far = {.path = &s->far_path};
    s->near_path.count = s->far_path.count = s->view.odd = 0;
    while (s->others.count && AT(s->others, other, s->others.count - 1).block >= s->walked) s->others.count--;
    for (int64_t i = s->walked; i < s->block.count; i++) {
        for (int64_t j = i; (i - s->walked) % ENDS_AHEAD == 0 && j < i + ENDS_AHEAD && j < s->block.count; j++) {
            const parts *p = &AT(s->parts, parts, j);
            if (p->body != EMPTY && p->body < s->kept_bodies) key_prefetch(&s->ends, end_key(p, m));
        }
        if (find_node(s, i, m, &near, &far)) return NULL;
    }
    if (walk(s, &near) || walk(s, &far)) return NULL;
    for (int64_t i = s->walked; i < s->block.count; i++) s->view.odd += AT(s->block, fs_block, i).node == ODD;
    return fs_show(s);
}

/* ---- fs_preorder ---- */

/* Merges nodes of equal paths: writes the distinct ones to `parents` and `frames`, and the new number of every node to `moved`.
 * Returns how many there are, or -1 without memory. */
static int64_t merge_nodes(const uint32_t *parent, const uint32_t *frame, int64_t count, uint32_t *parents, uint32_t *frames,
                           uint32_t *moved) {
    key_table known = {.seed = PRIME_A};
    int64_t next = 1;
    parents[0] = moved[0] = 0;
    frames[0] = frame[0];
    for (int64_t i = 1; i < count; i++) {
        uint32_t below = moved[parent[i]];
        int32_t id = key_intern(&known, (uint64_t)below << 32 | frame[i], (int32_t)next);
        if (id < 0) {
            free(known.slots);
            return -1;
        }
        if (id == next) parents[next] = below, frames[next++] = frame[i];
        moved[i] = (uint32_t)id;
    }
    free(known.slots);
    return next;
}

/* Writes the children of all nodes to `order`, those of node i from first[i] on, in the order of their frames. `other` has room for
 * as many. `places` has room for one count for each frame. Returns 1 where two children of a node have the same frame. */
static int sort_children(const uint32_t *parent, const uint32_t *frame, int64_t count, uint32_t *first, uint32_t *order,
                         uint32_t *other, uint32_t *places, int64_t frames) {
    memset(places, 0, (size_t)(frames + 1) * sizeof *places);
    memset(first, 0, (size_t)(count + 1) * sizeof *first);
    for (int64_t i = 1; i < count; i++) places[frame[i] + 1]++, first[parent[i] + 1]++;
    for (int64_t i = 0; i < frames; i++) places[i + 1] += places[i];
    for (int64_t i = 0; i < count; i++) first[i + 1] += first[i];
    for (int64_t i = 1; i < count; i++) other[places[frame[i]]++] = (uint32_t)i;
    for (int64_t i = 0; i + 1 < count; i++) order[first[parent[other[i]]]++] = other[i];
    /* Every place has moved to the end of its node's children. */
    for (int64_t i = count; i > 0; i--) first[i] = first[i - 1];
    first[0] = 0;
    for (int64_t i = 1; i + 1 < count; i++)
        if (parent[order[i]] == parent[order[i - 1]] && frame[order[i]] == frame[order[i - 1]]) return 1;
    return 0;
}

/* Returns whether a tree is in pre-order already, with siblings in the order of their frames, and then writes depth and end of every
 * node. Parents stand before their children. `path` has room for a row of every node. */
static int is_preorder(const uint32_t *parent, const uint32_t *frame, int64_t count, uint32_t *depth, uint32_t *end, uint32_t *path) {
    uint32_t level = 0; /* of the row before, whose ancestors and itself are path[0] to path[level] */
    depth[0] = path[0] = 0;
    for (int64_t i = 1; i < count; i++) {
        uint32_t below = depth[parent[i]] + 1;
        if (below > level + 1 || path[below - 1] != parent[i] || (below <= level && frame[path[below]] >= frame[i])) return 0;
        depth[i] = level = below;
        path[level] = (uint32_t)i;
    }
    for (int64_t i = 0; i < count; i++) end[i] = (uint32_t)i + 1;
    for (int64_t i = count - 1; i > 0; i--)
        if (end[parent[i]] < end[i]) end[parent[i]] = end[i];
    return 1;
}

/* Brings a tree into pre-order, as `model.tree.preorder` does. Row 0 is the root, and parents stand before their children. `columns`
 * has room for frame, parent, depth and end of every node, `moved` for its new row. Returns the number of rows, which all columns have,
 * or -1 without memory, or -2 where this is no such tree. */
int64_t fs_preorder(const uint32_t *parent, const uint32_t *frame, int64_t count, uint32_t *const columns[4], uint32_t *moved) {
    int64_t frames = 1;
    if (count < 1 || count >= INT32_MAX || parent[0]) return -2;
    for (int64_t i = 0; i < count; i++) {
        if (i && parent[i] >= i) return -2;
        if (frame[i] >= frames) frames = (int64_t)frame[i] + 1;
    }
    if (is_preorder(parent, frame, count, columns[2], columns[3], moved)) {
        memcpy(columns[0], frame, (size_t)count * sizeof *frame);
        memcpy(columns[1], parent, (size_t)count * sizeof *parent);
        for (int64_t i = 0; i < count; i++) moved[i] = (uint32_t)i;
        return count;
    }
    uint32_t *room = malloc((size_t)(4 * count + 1 + frames + 1) * sizeof *room);
    if (!room) return -1;
    uint32_t *first = room, *order = first + count + 1, *size = order + count, *depth = size + count, *places = depth + count;
    int64_t rows = count;
    if (sort_children(parent, frame, count, first, order, size, places, frames)) {
        uint32_t *place = malloc((size_t)count * 3 * sizeof *place), *parents = place ? place + count : NULL;
        rows = place ? merge_nodes(parent, frame, count, parents, parents + count, place) : -1;
        if (rows > 0) rows = fs_preorder(parents, parents + count, rows, columns, depth);
        for (int64_t i = 0; rows > 0 && i < count; i++) moved[i] = depth[place[i]];
        free(place);
        free(room);
        return rows;
    }
    for (int64_t i = 0; i < count; i++) size[i] = 1;
    for (int64_t i = count - 1; i > 0; i--) size[parent[i]] += size[i];
    moved[0] = depth[0] = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t row = moved[i] + 1;
        for (uint32_t j = first[i]; j < first[i + 1]; row += size[order[j++]]) moved[order[j]] = row;
        row = moved[i];
        depth[i] = i ? depth[parent[i]] + 1 : 0;
        columns[0][row] = frame[i];
        columns[1][row] = moved[parent[i]];
        columns[2][row] = depth[i];
        columns[3][row] = row + size[i];
    }
    free(room);
    return rows;
}

/* ---- fs_merge ---- */

/* Merges two trees in pre-order with siblings in the order of their frames, which have the same numbers in both. Writes parent and
 * frame of the merged nodes, in the same order, where there must be room for all nodes of both, and the new row of every node to
 * `moved`. Returns the number of rows, or -1 without memory, or -2 where these are no such trees. */
int64_t fs_merge(const uint32_t *const parent[2], const uint32_t *const frame[2], const int64_t count[2], uint32_t *parents,
                 uint32_t *frames, uint32_t *const moved[2]) {
    int64_t all = count[0] + count[1], place[2] = {0, 0}, rows = 0;
    if (count[0] < 1 || count[1] < 1 || all >= INT32_MAX) return -2;
    /* Depths plus 1, so that 0 is the end of a tree, and the last row of every depth. */
    uint32_t *room = malloc((size_t)(2 * all + 3) * sizeof *room);
    if (!room) return -1;
    uint32_t *depth[2] = {room, room + count[0] + 1}, *above = room + all + 2;
    for (int t = 0; t < 2; t++) {
        depth[t][0] = 1;
        depth[t][count[t]] = 0;
        for (int64_t i = 1; i < count[t]; i++) {
            /* In pre-order, the parent is the row before or one above it. */
            depth[t][i] = parent[t][i] < i ? depth[t][parent[t][i]] + 1 : 0;
            if (depth[t][i] < 2 || depth[t][i] > depth[t][i - 1] + 1) rows = -2;
        }
    }
    while (rows >= 0 && (place[0] < count[0] || place[1] < count[1])) {
        uint32_t first = depth[0][place[0]], second = depth[1][place[1]], level = first > second ? first : second;
        int take = first > second ? 1 : first < second ? 2 : 3;
        /* Both stand below the same node: the one with the smaller frame comes first. */
        if (take == 3 && frame[0][place[0]] != frame[1][place[1]]) take = frame[0][place[0]] < frame[1][place[1]] ? 1 : 2;
        parents[rows] = level > 1 ? above[level - 2] : 0;
        frames[rows] = take & 1 ? frame[0][place[0]] : frame[1][place[1]];
        above[level - 1] = (uint32_t)rows;
        if (take & 1) moved[0][place[0]++] = (uint32_t)rows;
        if (take & 2) moved[1][place[1]++] = (uint32_t)rows;
        rows++;
    }
    free(room);
    return rows;
}

/* The inner loop of the perf script reader: text in, integer columns out.
 *
 * A piece of text is a run of whole blocks: an event line, its frame lines, a blank line. The kernel never decides what a
 * line means. It splits an event line at its timestamp, splits a frame line into address, symbol, offset and module,
 * and interns each distinct part. The caller reads every part once, when it is new, and returns what it means as integers. The
 * kernel then walks the stacks into its trie. Reading a piece therefore takes two calls:
 *
 *   fs_scan   splits and interns; lists the parts that are new, as places in the text
 *   fs_nodes  takes the meaning of all parts; yields a node for each block, and the nodes that are new
 *
 * All tables live across pieces. fs_forget empties those that only save work, so that memory stays bounded. Nothing is
 * read before `text` or at or after `text + size`. Results do not depend on the seed of the hashes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(__GNUC__)
#define PREFETCH(place) __builtin_prefetch(place)
#else
#define PREFETCH(place) ((void)0)
#endif

#define EMPTY (-1)
#define ODD (-1)             /* a meaning: the reader of single lines must take this block */
#define MAX_LINE (64 << 10)  /* longer lines are odd */
#define MAX_WHO 340          /* a timestamp begins within this many bytes, or the block is odd */
#define MAX_WHOLE 18         /* digits of a timestamp before the point, and behind it */
#define MAX_FRACTION 9
#define MAX_PERIOD_DIGITS 14
#define EXACT ((uint64_t)1 << 53)  /* integers up to here are exact as double */

/* ---- growing arrays: `items` has room for `room` items, `count` are used; 0 on success, -1 without memory ---- */

typedef struct { void *items; int64_t count, room; } array;

static int reserve(array *a, int64_t more, size_t width) {
    if (a->count + more <= a->room) return 0;
    int64_t room = a->room ? a->room : 1024;
    while (room < a->count + more) room *= 2;
    void *items = realloc(a->items, (size_t)room * width);
    if (!items) return -1;
    a->items = items;
    a->room = room;
    return 0;
}

#define AT(a, type, i) (((type *)(a).items)[i])
#define PUSH(a, type, value) (reserve(&(a), 1, sizeof(type)) ? -1 : (AT(a, type, (a).count++) = (value), 0))

/* ---- hashing ---- */

static const uint64_t PRIME_A = 0x9E3779B97F4A7C15u, PRIME_B = 0xD6E8FEB86659FD93u;

static inline uint64_t fold(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t high = (a >> 32) * (b >> 32), low = a * b;
    return low ^ high ^ (a >> 32) * (uint32_t)b ^ (b >> 32) * (uint32_t)a;
#endif
}

static inline uint64_t mix_key(uint64_t key, uint64_t seed) { return fold(key ^ PRIME_B, seed); }

static inline uint64_t load(const uint8_t *p) {
    uint64_t value;
    memcpy(&value, p, 8);
    return value;
}

static uint64_t hash_bytes(const uint8_t *p, int64_t size, uint64_t seed) {
    uint64_t h = fold(seed ^ PRIME_A, (uint64_t)size ^ PRIME_B), other = h ^ PRIME_B;
    if (size < 16) {
        uint8_t padded[16] = {0};
        memcpy(padded, p, (size_t)size);
        return fold(load(padded) ^ h, load(padded + 8) ^ PRIME_A);
    }
    const uint8_t *last = p + size - 16;
    for (; last - p >= 32; p += 32) {
        h = fold(load(p) ^ PRIME_A, load(p + 8) ^ h);
        other = fold(load(p + 16) ^ PRIME_B, load(p + 24) ^ other);
    }
    for (; p < last; p += 16) h = fold(load(p) ^ PRIME_A, load(p + 8) ^ h);
    return fold(load(last) ^ h, load(last + 8) ^ other ^ PRIME_A);
}

/* ---- hash tables: open addressing over slots of (hash, id); the ids' keys are kept by the caller of `probe` ---- */

typedef struct { uint64_t hash; int32_t id; } slot;
typedef struct { slot *slots; uint64_t mask; int64_t used; } table;

/* Doubles a table. A `seed` other than 0 marks one whose hashes are the keys themselves, not yet mixed. */
static int table_grow(table *t, uint64_t seed) {
    uint64_t room = t->slots ? 2 * (t->mask + 1) : 4096;
    slot *slots = malloc(room * sizeof(slot));
    if (!slots) return -1;
    for (uint64_t i = 0; i < room; i++) slots[i].id = EMPTY;
    for (uint64_t i = 0; t->slots && i <= t->mask; i++) {
        if (t->slots[i].id == EMPTY) continue;
        uint64_t h = t->slots[i].hash, place = (seed ? mix_key(h, seed) : h) & (room - 1);
        while (slots[place].id != EMPTY) place = (place + 1) & (room - 1);
        slots[place] = t->slots[i];
    }
    free(t->slots);
    t->slots = slots;
    t->mask = room - 1;
    return 0;
}

/* Makes room for one more entry, so that a slot found next stays valid. */
static inline int table_room(table *t) { return t->slots && 2 * t->used <= (int64_t)t->mask ? 0 : table_grow(t, 0); }

static void table_clear(table *t) {
    for (uint64_t i = 0; t->slots && i <= t->mask; i++) t->slots[i].id = EMPTY;
    t->used = 0;
}

/* ---- interned texts of up to two parts: symbol and module, or one part alone ---- */

typedef struct { uint64_t start; uint32_t size, first; uint8_t flags; } text_entry;
typedef struct { table table; array entries, bytes; } texts;

typedef struct { const uint8_t *first; int64_t first_size; const uint8_t *second; int64_t second_size; uint8_t flags; } key;

static inline uint64_t hash_key(const key *k, uint64_t seed) {
    uint64_t h = hash_bytes(k->first, k->first_size, seed + k->flags);
    return k->second_size ? hash_bytes(k->second, k->second_size, h) : h;
}

/* Returns the id of a key with its hash, known or new; -2 without memory. */
static int32_t intern(texts *t, const key *k, uint64_t h) {
    if (table_room(&t->table)) return -2;
    int64_t size = k->first_size + k->second_size;
    uint64_t place = h & t->table.mask;
    for (; t->table.slots[place].id != EMPTY; place = (place + 1) & t->table.mask) {
        const slot *s = &t->table.slots[place];
        if (s->hash != h) continue;
        const text_entry *e = &AT(t->entries, text_entry, s->id);
        const uint8_t *known = (const uint8_t *)t->bytes.items + e->start;
        if (e->size == size && e->first == k->first_size && e->flags == k->flags &&
            !memcmp(known, k->first, (size_t)k->first_size) &&
            !memcmp(known + k->first_size, k->second, (size_t)k->second_size))
            return s->id;
    }
    if (reserve(&t->bytes, size + 1, 1)) return -2;
    text_entry e = {(uint64_t)t->bytes.count, (uint32_t)size, (uint32_t)k->first_size, k->flags};
    memcpy((uint8_t *)t->bytes.items + e.start, k->first, (size_t)k->first_size);
    memcpy((uint8_t *)t->bytes.items + e.start + k->first_size, k->second, (size_t)k->second_size);
    t->bytes.count += size;
    int32_t id = (int32_t)t->entries.count;
    if (PUSH(t->entries, text_entry, e)) return -2;
    t->table.slots[place] = (slot){h, id};
    t->table.used++;
    return id;
}

static void texts_clear(texts *t) {
    table_clear(&t->table);
    t->entries.count = t->bytes.count = 0;
}

static void texts_free(texts *t) {
    free(t->table.slots);
    free(t->entries.items);
    free(t->bytes.items);
}

/* ---- the reader's state ---- */

typedef struct { uint64_t start; uint32_t size; uint32_t ids, depth; } body;
typedef struct { int32_t start, size; } span;
typedef struct { int32_t block; span text; } slow_time;
typedef struct { int32_t block, kind; } other;

/* The results that the caller sees. All arrays belong to the kernel and are valid until the next call.
 * One value a block: `head`, `end` (places in the text: the event line, and behind the blank line), `line` (lines of
 * the piece before it), `task`, `trigger` (ids, ODD where the block is odd), `cpu` and `period` (-1: the meaning of `task` or `trigger`
 * has it), `time` in seconds,
 * `node` and `depth` (after fs_nodes; node ODD where the block is odd). `new_*`: places of parts that are new, in the order of
 * their ids; frame parts are given as their whole line. `slow`: timestamps with more digits than a double has.
 * `parent`, `frame`: nodes that are new in this piece. */
typedef struct {
    int64_t blocks, lines;
    const int32_t *head, *end, *line, *task, *cpu, *trigger;
    const int64_t *period;
    const double *time;
    const int32_t *node, *depth;
    int64_t new_tasks, new_triggers, new_symbols, slows;
    const span *task_text, *trigger_text, *symbol_text;
    const slow_time *slow;
    int64_t tasks, triggers, symbols; /* all that are known */
    int64_t new_nodes;
    const uint32_t *parent, *frame;
    int64_t other_lines; /* after fs_nodes: lines of blocks that are not odd, by their block */
    const other *others;
    int64_t bytes; /* held by the tables that fs_forget empties */
} fs_view;

typedef struct {
    uint64_t seed;
    texts tasks, triggers, symbols;
    table bodies, ends, trie;
    array body, body_bytes, ids;
    int64_t kept_bodies, kept_ids;
    int64_t hits, misses;
    int caching, pause;
    array head, end, line, task, cpu, trigger, period, time, body_of, node, depth;
    array task_text, trigger_text, symbol_text, slow, others;
    array parent, frame, end_node, path;
    int64_t seen_nodes;
    fs_view view;
} fs_state;

void fs_free(fs_state *s) {
    if (!s) return;
    texts_free(&s->tasks), texts_free(&s->triggers), texts_free(&s->symbols);
    free(s->bodies.slots), free(s->ends.slots), free(s->trie.slots);
    array *all[] = {&s->body, &s->body_bytes, &s->ids,      &s->head,      &s->end,         &s->line, &s->task,
                    &s->cpu,  &s->trigger, &s->period,     &s->time,     &s->body_of,   &s->node,        &s->depth, &s->task_text,
                    &s->slow, &s->others,     &s->trigger_text,   &s->symbol_text, &s->parent, &s->frame,       &s->end_node, &s->path};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]->items);
    free(s);
}

/* Returns a new state, or NULL without memory. `seed` keeps hostile texts from choosing their hashes. */
fs_state *fs_new(uint64_t seed) {
    fs_state *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->seed = fold(seed ^ PRIME_A, PRIME_B) | 1;
    s->caching = 1;
    /* The root, so that ids of nodes begin at 1. */
    if (PUSH(s->parent, uint32_t, 0) || PUSH(s->frame, uint32_t, 0)) {
        fs_free(s);
        return NULL;
    }
    s->seen_nodes = 1;
    return s;
}

/* Empties all tables but the trie: ids of tasks, triggers and symbols begin at 0 again. */
void fs_forget(fs_state *s) {
    texts_clear(&s->tasks), texts_clear(&s->triggers), texts_clear(&s->symbols);
    table_clear(&s->bodies), table_clear(&s->ends);
    s->body.count = s->body_bytes.count = s->ids.count = s->end_node.count = s->kept_bodies = s->kept_ids = 0;
}

/* ---- splitting ---- */

static inline int is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }
static inline int is_blank(uint8_t c) { return c == ' ' || c == '\t'; }
static inline int is_hex(uint8_t c) { return is_digit(c) || (uint8_t)(c - 'a') < 6; }

/* Finds where a block ends: returns the place behind the first two line ends at or after `from`, and adds the line ends
 * on the way to `lines`. The text ends in two line ends. */
static int64_t block_end(const uint8_t *text, int64_t from, int64_t size, int64_t *lines) {
    int64_t at = from;
    uint32_t before = 0; /* whether the byte before `at` is a line end */
#if defined(__SSE2__)
    const __m128i newline = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
    __m128i counts = zero; /* two sums of 64 bits */
    for (; at + 16 <= size; at += 16) {
        __m128i found = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(text + at)), newline);
        uint32_t ends = (uint32_t)_mm_movemask_epi8(found), pairs = ends & (ends << 1 | before);
        if (pairs) {
            int last = __builtin_ctz(pairs);
            for (ends &= (2u << last) - 1; ends; ends &= ends - 1) ++*lines;
            at += last + 1;
            break;
        }
        counts = _mm_add_epi64(counts, _mm_sad_epu8(_mm_sub_epi8(zero, found), zero));
        before = ends >> 15;
    }
    *lines += (int64_t)(uint32_t)_mm_cvtsi128_si32(counts) + (uint32_t)_mm_cvtsi128_si32(_mm_srli_si128(counts, 8));
    if (at >= 2 && at - from >= 2 && text[at - 1] == '\n' && text[at - 2] == '\n') return at;
#endif
    for (; at < size; at++) {
        uint32_t end = text[at] == '\n';
        *lines += end;
        if (end & before) return at + 1;
        before = end;
    }
    return size;
}

/* Finds the timestamp of an event line: the first run of digits, point, digits and colon that stands between blanks or
 * ends of the line. Returns the place of its colon, or -1. `start` is where it begins, `fraction` its digits behind the
 * point. */
static int64_t find_time(const uint8_t *line, int64_t size, int64_t *start, int *fraction) {
    int64_t limit = size < MAX_WHO + MAX_WHOLE + MAX_FRACTION + 2 ? size : MAX_WHO + MAX_WHOLE + MAX_FRACTION + 2;
    for (int64_t at = 0; at < limit;) {
        const uint8_t *found = memchr(line + at, ':', (size_t)(limit - at));
        if (!found) return -1;
        int64_t colon = found - line, point = colon - 1;
        at = colon + 1;
        if (at < size && !is_blank(line[at])) continue;
        while (point >= 0 && colon - point <= MAX_FRACTION && is_digit(line[point])) point--;
        if (point < 0 || line[point] != '.' || point == colon - 1) continue;
        int64_t first = point - 1;
        while (first >= 0 && point - first <= MAX_WHOLE && is_digit(line[first])) first--;
        if (first == point - 1 || (first >= 0 && !is_blank(line[first])) || first + 1 > MAX_WHO) continue;
        *start = first + 1;
        *fraction = (int)(colon - point - 1);
        return colon;
    }
    return -1;
}

static const double POWERS[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

/* Reads a timestamp into `time`; returns 0 where it has more digits than are exact. One division rounds as reading
 * the decimal digits does, since both numbers are exact. */
static int read_time(const uint8_t *text, int64_t size, int fraction, double *time) {
    uint64_t ticks = 0;
    if (size > 19) return 0;
    for (int64_t i = 0; i < size; i++)
        if (text[i] != '.') ticks = 10 * ticks + (uint64_t)(text[i] - '0');
    if (ticks > EXACT) return 0;
    *time = (double)ticks / POWERS[fraction];
    return 1;
}

/* Splits the CPU off the text before the timestamp, `[003]` behind a space; returns it, or -1. */
static int32_t read_cpu(const uint8_t *line, int64_t *size) {
    int64_t at = *size - 2;
    int32_t cpu = 0, place = 1;
    if (at < 2 || line[*size - 1] != ']') return -1;
    for (; at > 0 && *size - 2 - at < 9 && is_digit(line[at]); at--, place *= 10) {
        cpu += place * (line[at] - '0');
        if (place == 100000000) { at--; break; }
    }
    if (at == *size - 2 || at < 1 || line[at] != '[' || line[at - 1] != ' ') return -1;
    *size = at - 1;
    return cpu;
}

/* Splits the text behind the timestamp: a period of few digits and one space in front, and the rest. */
static int64_t read_period(const uint8_t *text, int64_t size, key *rest) {
    int64_t at = 0, period = 0;
    while (at < size && is_blank(text[at])) at++;
    int64_t first = at;
    while (at < size && at - first <= MAX_PERIOD_DIGITS && is_digit(text[at])) period = 10 * period + (text[at++] - '0');
    if (at == first || at - first > MAX_PERIOD_DIGITS || at >= size || text[at] != ' ') {
        *rest = (key){text, size, text, 0, 0};
        return -1;
    }
    *rest = (key){text + at + 1, size - at - 1, text, 0, 1};
    return period;
}

/* Splits a frame line, which has no line end, into symbol and module, without address and offset:
 *   \t    7fb8ac0eadcd JS:*hash /srv/app/server.js:3:6+0x5cd (/tmp/perf-3738.map)
 *   \t    7fb8ac0eadcd [unknown] (/usr/bin/node)
 * Any other line is one part, whole, since its meaning may depend on its address or width. */
static void split_frame(const uint8_t *line, int64_t size, key *k) {
    int64_t at = 0;
    *k = (key){line, size, line, 0, 0};
    if (size < 1 || line[0] != '\t') return;
    while (at < size && is_blank(line[at])) at++;
    int64_t address = at;
    while (at < size && at - address <= 16 && is_hex(line[at])) at++;
    if (at == address || at - address > 16 || at >= size || line[at] != ' ') return;
    k->first = line + at + 1;
    k->first_size = size - at - 1;
    k->flags = 1;
    if (k->first_size < 1 || line[size - 1] != ')') return;
    int64_t open = size - 2;
    while (open > at && line[open] != '(' && line[open] != ')') open--;
    if (open <= at + 1 || line[open] != '(' || line[open - 1] != ' ') return;
    int64_t offset = open - 2;
    while (offset > at && open - 2 - offset <= 16 && is_hex(line[offset])) offset--;
    int64_t digits = open - 2 - offset;
    if (digits < 1 || digits > 16 || offset - 1 <= at || line[offset] != 'x' || line[offset - 1] != '0') return;
    if (offset - 2 <= at || line[offset - 2] != '+') return;
    k->first_size = offset - 2 - (at + 1);
    k->second = line + open;
    k->second_size = size - open;
    k->flags = 2;
}

/* ---- fs_scan ---- */

/* So many lines are split before the first of them is looked up, so that memory is fetched for all of them at once. */
#define AHEAD 16

typedef struct { key key; uint64_t hash; int64_t start, size; } split_line;

/* Splits up to AHEAD lines from `start` on; returns their number, or -1 for a line that is too long. */
static int split_lines(const fs_state *s, const uint8_t *text, int64_t *start, int64_t end, split_line *lines) {
    int count = 0;
    for (; count < AHEAD && *start < end; count++) {
        split_line *l = &lines[count];
        const uint8_t *line = text + *start, *stop = memchr(line, '\n', (size_t)(end - *start));
        l->start = *start;
        l->size = stop - line;
        if (l->size > MAX_LINE) return -1;
        split_frame(line, l->size, &l->key);
        l->hash = hash_key(&l->key, s->seed);
        if (s->symbols.table.slots) PREFETCH(&s->symbols.table.slots[l->hash & s->symbols.table.mask]);
        *start += l->size + 1;
    }
    for (int i = 0; i < count && s->symbols.table.slots; i++) {
        const slot *first = &s->symbols.table.slots[lines[i].hash & s->symbols.table.mask];
        if (first->id != EMPTY) PREFETCH(&AT(s->symbols.entries, text_entry, first->id));
    }
    return count;
}

/* Interns the lines of a body. Returns 1 where one is too long, -1 without memory. */
static int add_frames(fs_state *s, const uint8_t *text, int64_t start, int64_t end, body *b) {
    split_line lines[AHEAD];
    b->ids = (uint32_t)s->ids.count;
    b->depth = 0;
    while (start < end) {
        int count = split_lines(s, text, &start, end, lines);
        if (count < 0) return 1;
        for (int i = 0; i < count; i++) {
            int32_t id = intern(&s->symbols, &lines[i].key, lines[i].hash);
            if (id < 0 || PUSH(s->ids, int32_t, id)) return -1;
            if (id >= s->view.symbols) {
                s->view.symbols = id + 1;
                if (PUSH(s->symbol_text, span, ((span){(int32_t)lines[i].start, (int32_t)lines[i].size}))) return -1;
            }
            b->depth++;
        }
    }
    return 0;
}

/* Returns the body of a block, known or new: its frame lines as ids. ODD for one with a line that is too long, -2 without
 * memory. Equal texts are looked up whole, unless few texts come twice. */
static int32_t find_body(fs_state *s, const uint8_t *text, int64_t start, int64_t end) {
    uint64_t h = 0, place = 0;
    if (s->caching) {
        if (table_room(&s->bodies)) return -2;
        h = hash_bytes(text + start, end - start, s->seed);
        place = h & s->bodies.mask;
        for (; s->bodies.slots[place].id != EMPTY; place = (place + 1) & s->bodies.mask) {
            const slot *found = &s->bodies.slots[place];
            const body *b = &AT(s->body, body, found->id);
            if (found->hash == h && b->size == end - start &&
                !memcmp((const uint8_t *)s->body_bytes.items + b->start, text + start, b->size)) {
                s->hits++;
                return found->id;
            }
        }
    }
    s->misses++;
    body b = {(uint64_t)s->body_bytes.count, (uint32_t)(end - start), 0, 0};
    int64_t ids = s->ids.count;
    int failed = add_frames(s, text, start, end, &b);
    if (failed) {
        s->ids.count = ids;
        return failed > 0 ? ODD : -2;
    }
    int32_t id = (int32_t)s->body.count;
    if (PUSH(s->body, body, b)) return -2;
    if (s->caching) {
        if (reserve(&s->body_bytes, end - start + 1, 1)) return -2;
        memcpy((uint8_t *)s->body_bytes.items + b.start, text + start, b.size);
        s->body_bytes.count += b.size;
        s->bodies.slots[place] = (slot){h, id};
        s->bodies.used++;
        s->kept_bodies = s->body.count;
        s->kept_ids = s->ids.count;
    }
    return id;
}

static int32_t intern_new(texts *t, const key *k, uint64_t seed, int64_t *known, array *list, span place) {
    int32_t id = intern(t, k, hash_key(k, seed));
    if (id >= *known) {
        *known = id + 1;
        if (PUSH(*list, span, place)) return -2;
    }
    return id;
}

/* Reads one block; all of its parts are interned, or none where it is odd. Returns -1 without memory. */
static int scan_block(fs_state *s, const uint8_t *text, int64_t head, int64_t end) {
    const uint8_t *line = text + head;
    const uint8_t *stop = memchr(line, '\n', (size_t)(end - head));
    int64_t size = stop - line, start = 0, block = s->head.count - 1;
    int fraction = 0;
    int64_t colon = size > MAX_LINE ? -1 : find_time(line, size, &start, &fraction);
    int32_t task = ODD, trigger = ODD, cpu = -1, found = ODD;
    int64_t period = 0;
    double time = 0;
    /* end - 1: without the blank line */
    if (colon >= 0) found = find_body(s, text, head + size + 1, end - 1);
    if (found == -2) return -1;
    if (found != ODD) {
        int64_t who_size = start;
        while (who_size > 0 && is_blank(line[who_size - 1])) who_size--;
        span place = {(int32_t)head, (int32_t)who_size};
        cpu = read_cpu(line, &who_size);
        key k = {line, who_size, line, 0, cpu >= 0};
        task = intern_new(&s->tasks, &k, s->seed, &s->view.tasks, &s->task_text, place);
        place = (span){(int32_t)(head + colon + 1), (int32_t)(size - colon - 1)};
        period = read_period(line + colon + 1, size - colon - 1, &k);
        trigger = intern_new(&s->triggers, &k, s->seed, &s->view.triggers, &s->trigger_text, place);
        if (task < 0 || trigger < 0) return -1;
        if (!read_time(line + start, colon - start, fraction, &time)) {
            slow_time slow = {(int32_t)block, {(int32_t)(head + start), (int32_t)(colon - start)}};
            if (PUSH(s->slow, slow_time, slow)) return -1;
        }
    }
    if (PUSH(s->task, int32_t, task) || PUSH(s->cpu, int32_t, cpu) || PUSH(s->trigger, int32_t, trigger) || PUSH(s->period, int64_t, period)) return -1;
    return PUSH(s->time, double, time) || PUSH(s->body_of, int32_t, found) ? -1 : 0;
}

/* Whole texts are looked up while enough of them come again; now and then it is tried once more. */
static void choose_caching(fs_state *s) {
    int64_t all = s->hits + s->misses;
    if (all < 256) return;
    if (s->caching) {
        s->caching = 8 * s->hits >= all;
        s->pause = 15;
    } else if (--s->pause < 0) {
        s->caching = 1;
    }
    s->hits = s->misses = 0;
}

static void clear_piece(fs_state *s) {
    array *all[] = {&s->head, &s->end,  &s->line,  &s->task, &s->cpu,     &s->trigger,      &s->period,      &s->time,
                    &s->body_of, &s->node, &s->depth, &s->task_text, &s->trigger_text, &s->symbol_text, &s->slow, &s->others};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) all[i]->count = 0;
    /* Bodies that are not looked up again served one piece. */
    s->body.count = s->kept_bodies;
    s->ids.count = s->kept_ids;
    s->view.tasks = s->tasks.entries.count;
    s->view.triggers = s->triggers.entries.count;
    s->view.symbols = s->symbols.entries.count;
}

static void show(fs_state *s) {
    fs_view *v = &s->view;
    v->blocks = s->head.count;
    v->head = s->head.items, v->end = s->end.items, v->line = s->line.items;
    v->task = s->task.items, v->cpu = s->cpu.items, v->trigger = s->trigger.items, v->period = s->period.items, v->time = s->time.items;
    v->node = s->node.items, v->depth = s->depth.items;
    v->new_tasks = s->task_text.count, v->new_triggers = s->trigger_text.count, v->new_symbols = s->symbol_text.count;
    v->task_text = s->task_text.items, v->trigger_text = s->trigger_text.items, v->symbol_text = s->symbol_text.items;
    v->others = s->others.items, v->other_lines = s->others.count;
    v->slow = s->slow.items, v->slows = s->slow.count;
    v->new_nodes = s->parent.count - s->seen_nodes;
    v->parent = (const uint32_t *)s->parent.items + s->seen_nodes;
    v->frame = (const uint32_t *)s->frame.items + s->seen_nodes;
    v->bytes = s->tasks.bytes.count + s->triggers.bytes.count + s->symbols.bytes.count + s->body_bytes.count +
               (int64_t)sizeof(text_entry) * (s->tasks.entries.count + s->triggers.entries.count + s->symbols.entries.count) +
               4 * s->ids.count;
}

/* Reads a piece of text that ends in a blank line. Returns its view, or NULL without memory or where `size` is not
 * between 0 and 2^31 - 1. */
const fs_view *fs_scan(fs_state *s, const uint8_t *text, int64_t size) {
    if (size < 0 || size > INT32_MAX) return NULL;
    choose_caching(s);
    clear_piece(s);
    int64_t at = 0, lines = 0;
    while (at < size) {
        if (text[at] == '\n') {
            at++, lines++;
            continue;
        }
        int64_t before = lines, end = block_end(text, at, size, &lines);
        if (end < at + 2 || text[end - 1] != '\n' || text[end - 2] != '\n') return NULL;
        if (PUSH(s->head, int32_t, (int32_t)at) || PUSH(s->end, int32_t, (int32_t)end)) return NULL;
        if (PUSH(s->line, int32_t, (int32_t)before) || scan_block(s, text, at, end)) return NULL;
        at = end;
    }
    s->view.lines = lines;
    s->seen_nodes = s->parent.count;
    show(s);
    return &s->view;
}

/* ---- fs_nodes ---- */

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

/* Returns where the search for a frame below a node begins. */
static inline uint64_t trie_place(const fs_state *s, int32_t parent, uint32_t frame) {
    return mix_key((uint64_t)(uint32_t)parent << 32 | frame, s->seed) & s->trie.mask;
}

/* Returns the node of a frame below a node, known or new; -2 without memory. The slot's hash is the key itself. */
static int32_t child(fs_state *s, uint32_t parent, uint32_t frame) {
    uint64_t k = (uint64_t)parent << 32 | frame, place = mix_key(k, s->seed) & s->trie.mask;
    if (s->trie.slots)
        for (; s->trie.slots[place].id != EMPTY; place = (place + 1) & s->trie.mask)
            if (s->trie.slots[place].hash == k) return s->trie.slots[place].id;
    if (!s->trie.slots || 2 * s->trie.used > (int64_t)s->trie.mask) {
        if (table_grow(&s->trie, s->seed)) return -2;
        for (place = mix_key(k, s->seed) & s->trie.mask; s->trie.slots[place].id != EMPTY;)
            place = (place + 1) & s->trie.mask;
    }
    if (s->parent.count >= INT32_MAX) return -2;
    int32_t id = (int32_t)s->parent.count;
    if (PUSH(s->parent, uint32_t, parent) || PUSH(s->frame, uint32_t, frame)) return -2;
    s->trie.slots[place] = (slot){k, id};
    s->trie.used++;
    return id;
}

/* Counts the frames of a body; ODD where one of its lines is odd, or there are too many. */
static int64_t count_frames(const fs_state *s, const body *b, const int32_t *code, const fs_meaning *m) {
    int64_t frames = 0;
    for (uint32_t i = 0; i < b->depth; i++) {
        int32_t c = code[AT(s->ids, int32_t, b->ids + i)];
        if (c == ODD) return ODD;
        frames += c >= 0 ? 1 : m->several_at[-c - 1] - m->several_at[-2 - c];
    }
    return frames > m->max_depth ? ODD : frames;
}

/* Lists the lines of a body that are no frames. Returns -1 without memory. */
static int add_others(fs_state *s, const body *b, int32_t block, const fs_meaning *m) {
    for (uint32_t i = 0; i < b->depth; i++) {
        uint8_t kind = m->kind[AT(s->ids, int32_t, b->ids + i)];
        if (kind && PUSH(s->others, other, ((other){block, kind}))) return -1;
    }
    return 0;
}

/* ---- stacks are walked into the trie side by side, so that memory is fetched for all of them at once ---- */

#define SIDE_BY_SIDE 8

typedef struct { uint64_t key; int32_t node, depth; } end_of;
typedef struct { int64_t block, depth, first; uint64_t key; int kept; int32_t node; } walker;
typedef struct { walker walkers[SIDE_BY_SIDE]; int count; } walkers;

/* Appends the frames of a body to `path`, the outermost first. Returns -1 without memory. */
static int add_path(fs_state *s, const body *b, const int32_t *code, const fs_meaning *m) {
    for (uint32_t i = b->depth; i-- > 0;) {
        int32_t c = code[AT(s->ids, int32_t, b->ids + i)];
        if (c >= 0 && PUSH(s->path, uint32_t, (uint32_t)c)) return -1;
        for (int32_t j = c >= 0 ? 0 : m->several_at[-2 - c]; c < 0 && j < m->several_at[-1 - c]; j++)
            if (PUSH(s->path, uint32_t, (uint32_t)m->several[j])) return -1;
    }
    return 0;
}

static inline uint64_t end_hash(const fs_state *s, uint64_t key) { return fold(key ^ PRIME_A, s->seed); }

/* Returns the known end of a body below a command, or NULL. */
static const end_of *find_end(const fs_state *s, uint64_t key) {
    uint64_t place = end_hash(s, key) & s->ends.mask;
    for (; s->ends.slots && s->ends.slots[place].id != EMPTY; place = (place + 1) & s->ends.mask) {
        const end_of *e = &AT(s->end_node, end_of, s->ends.slots[place].id);
        if (e->key == key) return e;
    }
    return NULL;
}

static int keep_end(fs_state *s, end_of e) {
    if (find_end(s, e.key)) return 0;
    if (table_room(&s->ends)) return -1;
    uint64_t h = end_hash(s, e.key), place = h & s->ends.mask;
    while (s->ends.slots[place].id != EMPTY) place = (place + 1) & s->ends.mask;
    s->ends.slots[place] = (slot){h, (int32_t)s->end_node.count};
    s->ends.used++;
    return PUSH(s->end_node, end_of, e);
}

/* Walks all stacks of `w` and writes the ends of their blocks. Returns -1 without memory. */
static int walk(fs_state *s, walkers *w) {
    int64_t deepest = 0;
    for (int i = 0; i < w->count; i++) deepest = w->walkers[i].depth > deepest ? w->walkers[i].depth : deepest;
    /* The path of a stack begins with its command. */
    for (int64_t level = 0; level <= deepest; level++) {
        for (int i = 0; i < w->count && s->trie.slots; i++) {
            const walker *one = &w->walkers[i];
            if (level <= one->depth) PREFETCH(&s->trie.slots[trie_place(s, one->node, AT(s->path, uint32_t, one->first + level))]);
        }
        for (int i = 0; i < w->count; i++) {
            walker *one = &w->walkers[i];
            if (level > one->depth) continue;
            one->node = child(s, (uint32_t)one->node, AT(s->path, uint32_t, one->first + level));
            if (one->node < 0) return -1;
        }
    }
    for (int i = 0; i < w->count; i++) {
        const walker *one = &w->walkers[i];
        AT(s->node, int32_t, one->block) = one->node;
        AT(s->depth, int32_t, one->block) = (int32_t)one->depth;
        if (one->kept && keep_end(s, (end_of){one->key, one->node, (int32_t)one->depth})) return -1;
    }
    w->count = 0;
    s->path.count = 0;
    return 0;
}

/* Finds the end of one block, at once where it is known, else when `w` is walked. Returns -1 without memory. */
static int find_node(fs_state *s, int64_t block, const fs_meaning *m, walkers *w) {
    int32_t task = AT(s->task, int32_t, block), trigger = AT(s->trigger, int32_t, block);
    AT(s->node, int32_t, block) = ODD;
    AT(s->depth, int32_t, block) = 0;
    if (task < 0 || trigger < 0 || !m->good[trigger] || m->command[task] < 0) return 0;
    int32_t id = AT(s->body_of, int32_t, block);
    const body *b = &AT(s->body, body, id);
    const int32_t *code = m->java[task] ? m->java_code : m->code;
    uint64_t key = (uint64_t)(uint32_t)m->command[task] << 32 | (uint32_t)id;
    int kept = id < s->kept_bodies;
    const end_of *known = kept && m->good[trigger] == 1 ? find_end(s, key) : NULL;
    if (known) {
        AT(s->node, int32_t, block) = known->node;
        AT(s->depth, int32_t, block) = known->depth;
        return known->node >= 0 && m->kind ? add_others(s, b, (int32_t)block, m) : 0;
    }
    int64_t depth = count_frames(s, b, code, m);
    if (depth == ODD || (m->good[trigger] == 2 && depth == 0)) return 0;
    if (m->kind && add_others(s, b, (int32_t)block, m)) return -1;
    int64_t first = s->path.count;
    if (PUSH(s->path, uint32_t, (uint32_t)m->command[task]) || add_path(s, b, code, m)) return -1;
    w->walkers[w->count++] = (walker){block, depth, first, key, kept, 0};
    return w->count < SIDE_BY_SIDE ? 0 : walk(s, w);
}

/* Finds the node of every block of the last piece. Returns the same view, or NULL without memory or where the meaning does
 * not cover all parts. */
const fs_view *fs_nodes(fs_state *s, const fs_meaning *m) {
    if (m->tasks < s->tasks.entries.count || m->triggers < s->triggers.entries.count || m->symbols < s->symbols.entries.count)
        return NULL;
    walkers w = {.count = 0};
    s->node.count = s->depth.count = s->others.count = s->path.count = 0;
    if (reserve(&s->node, s->head.count, 4) || reserve(&s->depth, s->head.count, 4)) return NULL;
    s->node.count = s->depth.count = s->head.count;
    for (int64_t i = 0; i < s->head.count; i++)
        if (find_node(s, i, m, &w)) return NULL;
    if (walk(s, &w)) return NULL;
    show(s);
    return &s->view;
}

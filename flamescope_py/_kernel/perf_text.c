/* The inner loop of the perf script reader: text in, integer columns out.
 *
 * A piece of text is a run of whole blocks: an event line, its frame lines, a blank line. The kernel never decides what a
 * line means. It splits an event line at its timestamp, splits a frame line into address, symbol, offset and module,
 * and interns each distinct part. The caller reads every part once, when it is new, and returns what it means as integers. The
 * kernel then walks the stacks into its trie. Reading a piece therefore takes two calls:
 *
 *   fs_scan   splits and interns; lists the parts that are new, as places in the text
 *   fs_nodes  (stacks.c) takes the meaning of all parts; finds a node for each block, and lists the nodes that are new
 *
 * Blocks gather over any number of pieces, until the caller has taken them and calls fs_drop.
 *
 * The callers of a stack repeat much more often than its innermost line does. They are looked up as one text, the body, which
 * is split only when it is new.
 *
 * All tables live across pieces. fs_forget empties those that only save work, so that memory stays bounded. Nothing is
 * read before `text` or at or after `text + size`.
 */
#include "state.h"

#define MAX_LINE (64 << 10)  /* longer lines are odd */
#define MAX_TASK 340         /* a timestamp begins within this many bytes, or the block is odd */
#define MAX_WHOLE 18         /* digits of a timestamp before the point, and behind it */
#define MAX_FRACTION 9
#define MAX_PERIOD_DIGITS 14
#define MAX_NUMBER_DIGITS 9
#define EXACT ((uint64_t)1 << 53)  /* integers up to here are exact as double */

void fs_free(fs_state *s) {
    if (!s) return;
    text_free(&s->tasks), text_free(&s->triggers), text_free(&s->libraries), text_free(&s->symbols), text_free(&s->bodies);
    free(s->numbers.slots), free(s->threads.slots), free(s->ends.slots), free(s->trie.slots);
    array *all[] = {&s->body, &s->ids, &s->thread, &s->block, &s->parts, &s->task_text, &s->trigger_text,
                    &s->library_text, &s->symbol, &s->names, &s->slow, &s->others, &s->parent, &s->frame, &s->depth, &s->near_path, &s->far_path};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]->items);
    free(s);
}

/* Returns a new state, or NULL without memory. `seed` keeps hostile texts from choosing their hashes. `numbered`: a number in
 * front of the timestamp or the CPU is a thread's, so that tasks are interned without it. */
fs_state *fs_new(uint64_t seed, int numbered) {
    fs_state *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->seed = fold(seed ^ PRIME_A, PRIME_B) | 1;
    s->numbers.seed = s->threads.seed = s->ends.seed = s->trie.seed = s->seed;
    s->numbered = numbered;
    s->caching = 1;
    /* The root, so that ids of nodes begin at 1. */
    if (PUSH(s->parent, uint32_t, 0) || PUSH(s->frame, uint32_t, 0) || PUSH(s->depth, int32_t, -1)) {
        fs_free(s);
        return NULL;
    }
    s->seen_nodes = 1;
    return s;
}

/* Empties all tables but the trie: ids of tasks, triggers, symbols and threads begin at 0 again. There must be no blocks. */
void fs_forget(fs_state *s) {
    text_clear(&s->tasks), text_clear(&s->triggers), text_clear(&s->libraries), text_clear(&s->symbols), text_clear(&s->bodies);
    key_clear(&s->numbers), key_clear(&s->threads), key_clear(&s->ends);
    s->body.count = s->ids.count = s->thread.count = s->seen_threads = s->kept_bodies = s->kept_ids = 0;
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

/* Finds the first timestamp from `at` on: a run of digits, point, digits and colon that stands between blanks or ends
 * of the line. Returns the place of its colon, or -1. `start` is where it begins, `fraction` its digits behind the
 * point. */
static int64_t next_time(const uint8_t *line, int64_t size, int64_t at, int64_t *start, int *fraction) {
    int64_t limit = size < MAX_TASK + MAX_WHOLE + MAX_FRACTION + 2 ? size : MAX_TASK + MAX_WHOLE + MAX_FRACTION + 2;
    while (at < limit) {
        const uint8_t *found = memchr(line + at, ':', (size_t)(limit - at));
        if (!found) return -1;
        int64_t colon = found - line, point = colon - 1;
        at = colon + 1;
        if (at < size && !is_blank(line[at])) continue;
        while (point >= 0 && colon - point <= MAX_FRACTION && is_digit(line[point])) point--;
        if (point < 0 || line[point] != '.' || point == colon - 1) continue;
        int64_t first = point - 1;
        while (first >= 0 && point - first <= MAX_WHOLE && is_digit(line[first])) first--;
        if (first == point - 1 || (first >= 0 && !is_blank(line[first])) || first + 1 > MAX_TASK) continue;
        *start = first + 1;
        *fraction = (int)(colon - point - 1);
        return colon;
    }
    return -1;
}

/* Finds the timestamp of an event line as next_time does. A line is odd (-1) where the first one does not have perf's
 * decimals and is not the only one: it may be the end of a thread's name. */
static int64_t find_time(const uint8_t *line, int64_t size, int64_t *start, int *fraction) {
    int64_t colon = next_time(line, size, 0, start, fraction), later;
    int ignored;
    if (colon < 0 || *fraction == 6 || *fraction == 9) return colon;
    return next_time(line, size, colon + 1, &later, &ignored) < 0 ? colon : -1;
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

/* Reads up to 9 digits that end at `*at`, which is moved to the first. Returns 0 where there are none, or more. */
static int read_number(const uint8_t *line, int64_t *at, int32_t *number) {
    int64_t end = *at;
    int32_t found = 0, place = 1;
    for (; *at > 0 && is_digit(line[*at - 1]); --*at, place *= 10) {
        if (end - *at == MAX_NUMBER_DIGITS) return 0;
        found += place * (line[*at - 1] - '0');
    }
    *number = found;
    return *at < end;
}

/* Splits the numbers of a thread off a task, `12` or `11/12` behind a name. Returns 0 where there are none, where a
 * name is missing, since thread 0 is then another command, and behind the name of a virtual machine, which may be all there is. */
static int read_numbers(const uint8_t *line, int64_t *size, int32_t *pid, int32_t *tid) {
    int64_t at = *size, name = 0;
    *pid = -1;
    if (!read_number(line, &at, tid)) return 0;
    if (at > 0 && line[at - 1] == '/') {
        at--;
        if (!read_number(line, &at, pid)) return 0;
    }
    if (at < 1 || !is_blank(line[at - 1])) return 0;
    while (at > 0 && is_blank(line[at - 1])) at--;
    while (name < at && is_blank(line[name])) name++;
    if (name == at || (at - name >= 3 && !memcmp(line + name, "VM:", 3))) return 0;
    *size = at;
    return 1;
}

/* Splits the text behind the timestamp: a period of few digits and one space in front, and the rest. */
static int64_t read_period(const uint8_t *text, int64_t size, text_key *rest) {
    int64_t at = 0, period = 0;
    while (at < size && is_blank(text[at])) at++;
    int64_t first = at;
    while (at < size && at - first <= MAX_PERIOD_DIGITS && is_digit(text[at])) period = 10 * period + (text[at++] - '0');
    if (at == first || at - first > MAX_PERIOD_DIGITS || at >= size || text[at] != ' ') {
        *rest = (text_key){text, size, text, 0, 0};
        return -1;
    }
    *rest = (text_key){text + at + 1, size - at - 1, text, 0, 1};
    return period;
}

/* Returns the place behind an address and before a space, or -1:
 *   \t    7fb8ac0eadcd JS:*hash …
 *   \tffffffff821f68b5 default_idle …   */
static int64_t address_end(const uint8_t *line, int64_t size) {
    int64_t at = 1;
    if (size < 1 || line[0] != '\t') return -1;
#if defined(__SSE2__)
    /* As perf prints it: blanks and digits in 16 columns. */
    if (size > 17 && line[17] == ' ') {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(line + 1));
        __m128i tens = _mm_sub_epi8(v, _mm_set1_epi8('0')), letters = _mm_sub_epi8(v, _mm_set1_epi8('a'));
        __m128i hex = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(tens, _mm_set1_epi8(9)), tens),
                                   _mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8(5)), letters));
        uint32_t blanks = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
        uint32_t digits = (uint32_t)_mm_movemask_epi8(hex);
        if ((blanks | digits) == 0xffff && digits && !(blanks & (blanks + 1))) return 17;
    }
#endif
    while (at < size && is_blank(line[at])) at++;
    int64_t address = at;
    while (at < size && at - address <= 16 && is_hex(line[at])) at++;
    return at == address || at - address > 16 || at >= size || line[at] != ' ' ? -1 : at;
}

/* Returns the place of the last parenthesis in `line[from..end)`, or -1. */
static int64_t last_parenthesis(const uint8_t *line, int64_t from, int64_t end) {
#if defined(__SSE2__)
    for (; end - from >= 16; end -= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(line + end - 16));
        __m128i found = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('(')), _mm_cmpeq_epi8(v, _mm_set1_epi8(')')));
        uint32_t places = (uint32_t)_mm_movemask_epi8(found);
        if (places) return end - 16 + 31 - __builtin_clz(places);
    }
#endif
    while (--end >= from)
        if (line[end] == '(' || line[end] == ')') return end;
    return -1;
}

/* Splits a frame line, which has no line end, into symbol and module, without address and offset:
 *   \t    7fb8ac0eadcd JS:*hash /srv/app/server.js:3:6+0x5cd (/tmp/perf-3738.map)
 *   \t    7fb8ac0eadcd [unknown] (/usr/bin/node)
 * Any other line is one part, whole, since its meaning may depend on its address or width. */
static void split_frame(const uint8_t *line, int64_t size, text_key *k) {
    int64_t at = address_end(line, size);
    *k = (text_key){line, size, line, 0, 0};
    if (at < 0) return;
    k->first = line + at + 1;
    k->first_size = size - at - 1;
    k->flags = 1;
    if (k->first_size < 1 || line[size - 1] != ')') return;
    int64_t open = last_parenthesis(line, at + 1, size - 1);
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

/* ---- fs_scan: several lines and several blocks are split before the first of them is looked up, so that memory is fetched for
 * all of them at once ---- */

#define LINES_AHEAD 16
#define BLOCKS_AHEAD 8

typedef struct { text_key key; uint32_t hash; span place; } split_line;

static void split_line_at(const fs_state *s, const uint8_t *text, int64_t start, int64_t size, split_line *l) {
    l->place = (span){(int32_t)start, (int32_t)size};
    split_frame(text + start, size, &l->key);
    l->hash = text_hash(&l->key, s->seed);
    text_prefetch(&s->symbols, l->hash);
}

/* Interns a part of which `*known` are known. A new one is listed. Returns its id. */
static int32_t intern_part(text_table *t, const text_key *k, uint32_t hash, int64_t *known, array *list, span place) {
    int32_t id = text_intern(t, k, hash);
    if (id >= *known) {
        *known = id + 1;
        if (PUSH(*list, span, place)) return NO_MEMORY;
    }
    return id;
}

/* Returns whether symbol and module are all there is to a line: it can be no event line, no instruction and no chain of inlined
 * functions, and nothing is cut off a library. The reader of single lines knows more of them. */
static int is_plain(const text_key *k) {
    const uint8_t *name = k->first, *end = name + k->first_size;
    if (k->flags != 2 || !k->first_size || *name <= ' ' || (k->first_size >= 5 && !memcmp(name, "insn:", 5))) return 0;
    for (; name < end; name++)
        if (*name == '+' || (*name == '-' && name[1] == '>') || (*name == ':' && is_blank(name[1]))) return 0;
    for (name = k->second, end = name + k->second_size; name < end; name++)
        if (*name == '+' || *name == ':') return 0;
    return 1;
}

/* Lists the symbol of a line. Returns -1 without memory. */
static int add_symbol(fs_state *s, const uint8_t *text, const split_line *l) {
    const text_key *k = &l->key;
    fs_symbol new = {l->place, EMPTY};
    if (is_plain(k)) {
        text_key module = {k->second + 1, k->second_size - 2, text, 0, 0};
        span place = {(int32_t)(module.first - text), (int32_t)module.first_size};
        new.library = intern_part(&s->libraries, &module, text_hash(&module, s->seed), &s->known_libraries, &s->library_text, place);
        if (new.library < 0 || reserve(&s->names, k->first_size + 1, 1)) return -1;
        memcpy((uint8_t *)s->names.items + s->names.count, k->first, (size_t)k->first_size);
        s->names.count += k->first_size + 1;
        AT(s->names, uint8_t, s->names.count - 1) = '\n';
    }
    return PUSH(s->symbol, fs_symbol, new);
}

static int32_t intern_line(fs_state *s, const uint8_t *text, const split_line *l) {
    int32_t id = text_intern(&s->symbols, &l->key, l->hash);
    if (id < s->known_symbols) return id;
    s->known_symbols = id + 1;
    return add_symbol(s, text, l) ? NO_MEMORY : id;
}

/* Interns the lines of a body. Returns ODD where one is too long. */
static int add_lines(fs_state *s, const uint8_t *text, int64_t start, int64_t end, body *b) {
    split_line lines[LINES_AHEAD];
    *b = (body){(uint32_t)s->ids.count, 0};
    while (start < end) {
        int count = 0;
        for (; count < LINES_AHEAD && start < end; count++) {
            const uint8_t *stop = memchr(text + start, '\n', (size_t)(end - start));
            int64_t size = stop - (text + start);
            if (size > MAX_LINE) return ODD;
            split_line_at(s, text, start, size, &lines[count]);
            start += size + 1;
        }
        for (int i = 0; i < count; i++) text_prefetch_bytes(&s->symbols, lines[i].hash);
        if (reserve(&s->ids, count, sizeof(int32_t))) return NO_MEMORY;
        for (int i = 0; i < count; i++) {
            int32_t id = intern_line(s, text, &lines[i]);
            if (id < 0) return id;
            AT(s->ids, int32_t, s->ids.count++) = id;
        }
        b->depth += (uint32_t)count;
    }
    return 0;
}

/* A block that is split but not looked up. `colon` is that of its timestamp, -1 where the block is odd. */
typedef struct {
    int64_t head, end, line, size, start, colon;
    int fraction;
    split_line leaf;
    text_key body;
    uint32_t hash;
} waiting;

/* Splits a block into event line, innermost line and body. */
static void split_block(const fs_state *s, const uint8_t *text, waiting *w) {
    const uint8_t *line = text + w->head, *stop = memchr(line, '\n', (size_t)(w->end - w->head));
    w->size = stop - line;
    w->colon = w->size > MAX_LINE ? -1 : find_time(line, w->size, &w->start, &w->fraction);
    /* Without the blank line. */
    int64_t leaf = w->head + w->size + 1, end = w->end - 1;
    w->leaf.place = (span){(int32_t)leaf, 0};
    w->body = (text_key){text + end, 0, text, 0, 0};
    if (w->colon < 0 || leaf >= end) return;
    stop = memchr(text + leaf, '\n', (size_t)(end - leaf));
    int64_t size = stop - (text + leaf);
    if (size > MAX_LINE) {
        w->colon = -1;
        return;
    }
    split_line_at(s, text, leaf, size, &w->leaf);
    w->body.first = stop + 1;
    w->body.first_size = text + end - w->body.first;
    if (!s->caching || !w->body.first_size) return;
    w->hash = text_hash(&w->body, s->seed);
    text_prefetch(&s->bodies, w->hash);
}

/* Returns the body of a block, known or new. EMPTY where there is none, and where it is `odd`, since a line is
 * too long. Equal texts are looked up whole, unless few texts come twice. */
static int32_t find_body(fs_state *s, const uint8_t *text, const waiting *w, int *odd) {
    uint64_t place = 0;
    *odd = 0;
    if (!w->body.first_size) return EMPTY;
    if (s->caching) {
        if (text_room(&s->bodies)) return NO_MEMORY;
        int32_t id = text_find(&s->bodies, &w->body, w->hash, &place);
        if (id != EMPTY) {
            s->hits++;
            return id;
        }
    }
    s->misses++;
    body b;
    int64_t ids = s->ids.count, start = w->body.first - text;
    int failed = add_lines(s, text, start, start + w->body.first_size, &b);
    if (failed == ODD) {
        s->ids.count = ids;
        *odd = 1;
        return EMPTY;
    }
    int32_t id = (int32_t)s->body.count;
    if (failed || PUSH(s->body, body, b)) return NO_MEMORY;
    if (s->caching) {
        if (text_add(&s->bodies, &w->body, w->hash, place, id)) return NO_MEMORY;
        s->kept_bodies = s->body.count;
        s->kept_ids = s->ids.count;
    }
    return id;
}

/* Returns the id of a task's thread, known or new. */
static int32_t intern_thread(fs_state *s, fs_thread t) {
    uint64_t pair = (uint64_t)(uint32_t)t.pid << 32 | (uint32_t)t.tid;
    int32_t numbers = key_intern(&s->numbers, pair, (int32_t)s->numbers.used);
    if (numbers < 0) return NO_MEMORY;
    int32_t next = (int32_t)s->thread.count;
    int32_t id = key_intern(&s->threads, (uint64_t)(uint32_t)t.task << 32 | (uint32_t)numbers, next);
    return id == next && PUSH(s->thread, fs_thread, t) ? NO_MEMORY : id;
}

/* Interns what stands on an event line, and completes its block. Returns -1 without memory. */
static int read_event_line(fs_state *s, const uint8_t *text, const waiting *w, fs_block *b, parts *p) {
    const uint8_t *line = text + w->head;
    text_key k;
    int64_t size = w->start;
    fs_thread thread = {0, NO_NUMBERS, NO_NUMBERS};
    while (size > 0 && is_blank(line[size - 1])) size--;
    span place = {(int32_t)w->head, (int32_t)size};
    b->cpu = read_cpu(line, &size);
    int64_t name = size;
    while (name > 0 && is_blank(line[name - 1])) name--;
    int numbered = s->numbered && read_numbers(line, &name, &thread.pid, &thread.tid);
    if (numbered) size = name;
    else thread.pid = thread.tid = NO_NUMBERS;
    k = (text_key){line, size, line, 0, (uint32_t)(b->cpu >= 0) | (uint32_t)numbered << 1};
    thread.task = p->task = intern_part(&s->tasks, &k, text_hash(&k, s->seed), &s->known_tasks, &s->task_text, place);
    if (p->task < 0) return -1;
    b->thread = intern_thread(s, thread);
    place = (span){(int32_t)(w->head + w->colon + 1), (int32_t)(w->size - w->colon - 1)};
    b->period = read_period(line + w->colon + 1, w->size - w->colon - 1, &k);
    b->trigger = intern_part(&s->triggers, &k, text_hash(&k, s->seed), &s->known_triggers, &s->trigger_text, place);
    if (b->thread < 0 || b->trigger < 0) return -1;
    if (read_time(line + w->start, w->colon - w->start, w->fraction, &b->time)) return 0;
    slow_time slow = {(int32_t)s->block.count, {(int32_t)(w->head + w->start), (int32_t)(w->colon - w->start)}};
    return PUSH(s->slow, slow_time, slow);
}

/* Looks up all parts of a split block. Returns -1 without memory. */
static int add_block(fs_state *s, const uint8_t *text, const waiting *w) {
    fs_block b = {0, 0, (int32_t)w->head, (int32_t)w->end, (int32_t)w->line, ODD, -1, ODD, ODD, 0};
    parts p = {ODD, EMPTY, EMPTY};
    int odd = w->colon < 0;
    if (!odd) p.body = find_body(s, text, w, &odd);
    if (p.body == NO_MEMORY) return -1;
    if (!odd) {
        if (w->leaf.place.size && (p.leaf = intern_line(s, text, &w->leaf)) < 0) return -1;
        if (read_event_line(s, text, w, &b, &p)) return -1;
    }
    return PUSH(s->block, fs_block, b) || PUSH(s->parts, parts, p) ? -1 : 0;
}

/* Bodies are looked up whole while one of 8 comes again. When they do not, it is tried once more after a while: a text of
 * distinct stacks pays for a sixteenth of its bodies. */
#define TRIED 8192

static void choose_caching(fs_state *s) {
    if (s->hits + s->misses < (s->caching ? TRIED : 15 * TRIED)) return;
    s->caching = !s->caching || 8 * s->hits >= s->hits + s->misses;
    s->hits = s->misses = 0;
}

/* Forgets all blocks, and what is new among threads and nodes. */
void fs_drop(fs_state *s) {
    s->block.count = s->parts.count = s->others.count = s->walked = 0;
    s->seen_threads = s->thread.count;
    s->seen_nodes = s->parent.count;
}

static void clear_piece(fs_state *s) {
    s->task_text.count = s->trigger_text.count = s->library_text.count = s->symbol.count = s->names.count = s->slow.count = 0;
    s->walked = s->block.count;
    /* Bodies that are not looked up again served one piece. */
    s->body.count = s->kept_bodies;
    s->ids.count = s->kept_ids;
    s->known_tasks = s->tasks.used;
    s->known_triggers = s->triggers.used;
    s->known_libraries = s->libraries.used;
    s->known_symbols = s->symbols.used;
}

const fs_view *fs_show(fs_state *s) {
    fs_view *v = &s->view;
    v->blocks = s->block.count, v->block = s->block.items;
    v->new_tasks = s->task_text.count, v->new_triggers = s->trigger_text.count, v->new_libraries = s->library_text.count;
    v->task_text = s->task_text.items, v->trigger_text = s->trigger_text.items, v->library_text = s->library_text.items;
    v->new_symbols = s->symbol.count, v->symbol = s->symbol.items;
    v->names = s->names.items, v->names_size = s->names.count;
    v->new_threads = s->thread.count - s->seen_threads;
    v->thread = s->thread.items ? (const fs_thread *)s->thread.items + s->seen_threads : NULL;
    v->slow = s->slow.items, v->slows = s->slow.count;
    v->others = s->others.items, v->other_lines = s->others.count;
    v->new_nodes = s->parent.count - s->seen_nodes;
    v->parent = (const uint32_t *)s->parent.items + s->seen_nodes;
    v->frame = (const uint32_t *)s->frame.items + s->seen_nodes;
    v->bytes = s->tasks.bytes + s->triggers.bytes + s->symbols.bytes + s->bodies.bytes +
               4 * s->ids.count + (int64_t)sizeof(fs_thread) * s->thread.count;
    return v;
}

/* Reads a piece of text that ends in a blank line. Returns its view, or NULL without memory, or where `size` is not
 * between 0 and 2^31 - 1 or the text has another end. */
const fs_view *fs_scan(fs_state *s, const uint8_t *text, int64_t size) {
    if (size < 0 || size > INT32_MAX) return NULL;
    choose_caching(s);
    clear_piece(s);
    int64_t at = 0, lines = 0;
    waiting blocks[BLOCKS_AHEAD];
    while (at < size) {
        int count = 0;
        for (; count < BLOCKS_AHEAD && at < size; count++) {
            for (; at < size && text[at] == '\n'; at++) lines++;
            if (at == size) break;
            waiting *w = &blocks[count];
            w->head = at, w->line = lines;
            w->end = at = block_end(text, at, size, &lines);
            if (at < w->head + 2 || text[at - 1] != '\n' || text[at - 2] != '\n') return NULL;
            split_block(s, text, w);
        }
        for (int i = 0; i < count; i++) {
            if (blocks[i].colon < 0) continue;
            if (blocks[i].leaf.place.size) text_prefetch_bytes(&s->symbols, blocks[i].leaf.hash);
            if (s->caching && blocks[i].body.first_size) text_prefetch_bytes(&s->bodies, blocks[i].hash);
        }
        for (int i = 0; i < count; i++)
            if (add_block(s, text, &blocks[i])) return NULL;
    }
    s->view.lines = lines;
    return fs_show(s);
}

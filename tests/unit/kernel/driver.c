/* Feeds the kernel files and mutations of them, in pieces, and checks the promises that hold for any text.
 *
 *     driver SEED ROUNDS FILE...
 *
 * Every piece lies in memory of exactly its size, so that a sanitizer sees a single byte too far. */
#include "perf_text.c"
#include "stacks.c"

#include <stdio.h>

#define MAX_TEXT (1 << 20)

static uint64_t state_of_random;

static uint32_t next_random(uint32_t below) {
    state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state_of_random >> 33) % below;
}

static void fail(const char *promise) {
    fprintf(stderr, "broken: %s\n", promise);
    exit(1);
}

#define CHECK(condition) \
    do { \
        if (!(condition)) fail(#condition); \
    } while (0)

static const char *WORDS[] = {"\n", "\n\n", "\n\n\n", " ", "\t", ":", ".", "1.5:", " 123.456789:", "[003]", " [000]", "]", "+0x", "(", ")",
                              " (deleted))", "0123456789abcdef", "99999999999999999999", "cycles:", " 12", " 7/8 ", "VM: 1 ", "#", "\r", "->", "\xff\xfe", "999999999999999999.999999999:"};

static size_t mutate(uint8_t *text, size_t size) {
    for (uint32_t n = 1 + next_random(8); n-- > 0;) {
        uint32_t kind = next_random(4);
        size_t at = next_random((uint32_t)size + 1);
        if (kind == 0 && size) {
            text[at % size] = (uint8_t)next_random(256);
        } else if (kind == 1) {
            const char *word = WORDS[next_random(sizeof WORDS / sizeof *WORDS)];
            size_t length = strlen(word);
            if (size + length > MAX_TEXT) continue;
            memmove(text + at + length, text + at, size - at);
            memcpy(text + at, word, length);
            size += length;
        } else if (kind == 2) {
            size_t cut = next_random(80);
            if (at + cut > size) continue;
            memmove(text + at, text + at + cut, size - at - cut);
            size -= cut;
        } else {
            size_t length = next_random(400), from = next_random((uint32_t)size + 1);
            if (from + length > size || size + length > MAX_TEXT) continue;
            memmove(text + at + length, text + at, size - at);
            memmove(text + at, text + (from < at ? from : from + length <= size ? from : 0), length);
            size += length;
        }
    }
    return size;
}

/* Makes up a meaning for every part, from its number alone. */
static void nodes(fs_state *s, int64_t first) {
    const fs_view *v = &s->view;
    int64_t odd = 0;
    int64_t tasks = s->tasks.used, triggers = s->triggers.used, symbols = s->symbols.used;
    int32_t *command = malloc((size_t)(tasks + 1) * 4), *code = malloc((size_t)(symbols + 1) * 4);
    uint8_t *java = malloc((size_t)tasks + 1), *good = malloc((size_t)triggers + 1);
    static const int32_t several_at[] = {0, 0, 3}, several[] = {7, 8, 9};
    for (int64_t i = 0; i < tasks; i++) command[i] = i % 11 == 3 ? ODD : (int32_t)(i % 7), java[i] = i % 5 == 0;
    for (int64_t i = 0; i < triggers; i++) good[i] = i % 9 == 4 ? 0 : i % 4 ? 1 : 2;
    for (int64_t i = 0; i < symbols; i++)
        code[i] = i % 13 == 5 ? ODD : i % 13 == 6 ? -2 : i % 13 == 7 ? -3 : (int32_t)(i % 101);
    uint8_t *kind = calloc((size_t)symbols + 1, 1);
    for (int64_t i = 0; i < symbols; i++) kind[i] = code[i] == -2 && i % 2;
    fs_meaning m = {command, java, good, code, code, several_at, several, kind, tasks, triggers, symbols, 2, 100};
    CHECK(fs_nodes(s, &m) == v);
    for (int64_t i = 0; i < v->blocks; i++) {
        const fs_block *b = &v->block[i];
        CHECK(b->node == ODD || (b->node > 0 && b->node < s->parent.count));
        CHECK(b->depth >= 0 && b->depth <= 100);
        odd += b->node == ODD && i >= first;
        if (b->node == ODD) continue;
        int64_t depth = -1;
        for (uint32_t node = (uint32_t)b->node; node; depth++) {
            CHECK(AT(s->parent, uint32_t, node) < node);
            node = AT(s->parent, uint32_t, node);
        }
        CHECK(depth == b->depth);
        CHECK(AT(s->frame, uint32_t, b->node) < 101);
    }
    CHECK(v->odd == odd);
    for (int64_t i = 0, at = 0; i < v->other_lines; at = v->others[i++].block)
        CHECK(v->others[i].block >= at && v->others[i].block < v->blocks && v->others[i].kind == 1);
    m.symbols = symbols - 1;
    CHECK(fs_nodes(s, &m) == NULL);
    free(command), free(code), free(java), free(good), free(kind);
}

static void scan(fs_state *s, const uint8_t *text, int64_t size) {
    uint8_t *exact = malloc((size_t)size);
    memcpy(exact, text, (size_t)size);
    int64_t first = s->block.count;
    const fs_view *v = fs_scan(s, exact, size);
    CHECK(v != NULL);
    int64_t lines = 0, at = 0;
    for (int64_t i = 0; i < size; i++) lines += exact[i] == '\n';
    CHECK(v->lines == lines);
    for (int64_t i = first; i < v->blocks; i++) {
        const fs_block *b = &v->block[i];
        CHECK(b->head >= at && b->end > b->head + 1 && b->end <= size);
        CHECK(exact[b->head] != '\n' && exact[b->end - 1] == '\n' && exact[b->end - 2] == '\n');
        for (; at < b->head; at++) CHECK(exact[at] == '\n');
        CHECK((b->thread == ODD) == (b->trigger == ODD));
        CHECK(b->thread < s->thread.count && b->trigger < s->triggers.used);
        CHECK(b->period >= -1 && b->cpu >= -1 && b->time >= 0);
        at = b->end;
    }
    for (int64_t i = 0; i < v->new_threads; i++) {
        const fs_thread *t = &v->thread[i];
        CHECK(t->task >= 0 && t->task < s->tasks.used);
        CHECK(t->tid == NO_NUMBERS ? t->pid == NO_NUMBERS : t->tid >= 0 && t->pid >= -1);
        CHECK(s->numbered || t->tid == NO_NUMBERS);
    }
    for (; at < size; at++) CHECK(exact[at] == '\n');
    for (int64_t i = 0; i < v->new_symbols; i++)
        CHECK(v->symbol[i].line.start >= 0 && v->symbol[i].line.start + v->symbol[i].line.size <= size);
    int64_t plain = 0, names = 0;
    for (int64_t i = 0; i < v->new_symbols; i++) plain += v->symbol[i].library != EMPTY;
    for (int64_t i = 0; i < v->names_size; i++) names += v->names[i] == '\n';
    CHECK(names == plain);
    for (int64_t i = 0; i < v->new_symbols; i++) CHECK(v->symbol[i].library >= EMPTY && v->symbol[i].library < s->libraries.used);
    nodes(s, first);
    free(exact);
}

/* Compares the blocks with those of a state that looks no body up. */
static void compare(const fs_state *s, const fs_state *plain) {
    CHECK(s->block.count == plain->block.count && s->symbols.used == plain->symbols.used && s->parent.count == plain->parent.count);
    for (int64_t i = 0; i < s->block.count; i++) {
        fs_block one = AT(s->block, fs_block, i), other = AT(plain->block, fs_block, i);
        int32_t node = one.node, same = other.node;
        for (; node > 0 && same > 0; node = (int32_t)AT(s->parent, uint32_t, node), same = (int32_t)AT(plain->parent, uint32_t, same))
            CHECK(AT(s->frame, uint32_t, node) == AT(plain->frame, uint32_t, same));
        CHECK(node == same);
        /* The numbers of nodes depend on the order in which stacks are walked. */
        one.node = other.node;
        CHECK(!memcmp(&one, &other, sizeof one));
    }
}

/* Reads a text in pieces that end in blank lines, as the caller of the kernel does. */
static void read_all(const uint8_t *text, int64_t size, uint64_t seed) {
    int numbered = next_random(4) > 0;
    fs_state *s = fs_new(seed, numbered), *plain = fs_new(seed + 1, numbered);
    CHECK(s != NULL && plain != NULL);
    plain->caching = 0;
    for (int64_t at = 0; at < size;) {
        int64_t end = at + 1 + next_random(1 + (uint32_t)(size - at));
        while (end < size && !(end >= at + 2 && text[end - 1] == '\n' && text[end - 2] == '\n')) end++;
        if (end > size) end = size;
        if (end < at + 2 || text[end - 1] != '\n' || text[end - 2] != '\n') break;
        scan(s, text + at, end - at);
        scan(plain, text + at, end - at);
        compare(s, plain);
        if (next_random(2)) fs_drop(s), fs_drop(plain);
        if (next_random(6) == 0) fs_drop(s), fs_drop(plain), fs_forget(s), fs_forget(plain);
        at = end;
    }
    fs_free(s), fs_free(plain);
}

/* Merges a tree in pre-order with a part of itself that is one, too, and with a changed one. */
static void merge(uint32_t *const columns[4], int64_t rows) {
    uint32_t *parent = malloc((size_t)rows * 8), *frame = malloc((size_t)rows * 8), *moved[2];
    for (int i = 0; i < 2; i++) moved[i] = malloc((size_t)rows * 4);
    const uint32_t *parents[2] = {columns[1], columns[1]}, *frames[2] = {columns[0], columns[0]};
    const int64_t counts[2] = {1 + next_random((uint32_t)rows), rows};
    CHECK(fs_merge(parents, frames, counts, parent, frame, moved) == rows);
    for (int64_t i = 0; i < rows; i++) {
        CHECK(parent[i] == columns[1][i] && frame[i] == columns[0][i] && moved[1][i] == i);
        CHECK(i >= counts[0] || moved[0][i] == i);
    }
    columns[1][next_random((uint32_t)rows)] = next_random((uint32_t)rows + 1);
    columns[0][next_random((uint32_t)rows)] = next_random(40);
    int64_t merged = fs_merge(parents, frames, counts, parent, frame, moved);
    CHECK(merged == -2 || (merged >= rows && merged <= rows + counts[0]));
    for (int64_t i = 1; i < merged; i++) CHECK(parent[i] < i);
    for (int i = 0; i < 2; i++) free(moved[i]);
    free(parent), free(frame);
}

/* A tree that is in pre-order stays as it is. */
static void again(uint32_t *const columns[4], int64_t rows) {
    uint32_t *same[4], *moved = malloc((size_t)rows * 4);
    for (int i = 0; i < 4; i++) same[i] = malloc((size_t)rows * 4);
    CHECK(fs_preorder(columns[1], columns[0], rows, same, moved) == rows);
    for (int i = 0; i < 4; i++) CHECK(!memcmp(same[i], columns[i], (size_t)rows * 4));
    for (int64_t i = 0; i < rows; i++) CHECK(moved[i] == i);
    for (int i = 0; i < 4; i++) free(same[i]);
    free(moved);
}

/* Brings a random tree into pre-order and checks it against the definition. */
static void order(void) {
    int64_t count = 1 + next_random(40), frames = 1 + next_random(20);
    uint32_t *parent = calloc((size_t)count, 4), *frame = calloc((size_t)count, 4), *moved = malloc((size_t)count * 4);
    uint32_t *columns[4];
    for (int i = 0; i < 4; i++) columns[i] = malloc((size_t)count * 4);
    for (int64_t i = 0; i < count; i++) {
        frame[i] = next_random((uint32_t)frames);
        if (i) parent[i] = next_random((uint32_t)i);
    }
    int64_t rows = fs_preorder(parent, frame, count, columns, moved);
    CHECK(rows >= 1 && rows <= count && moved[0] == 0 && columns[2][0] == 0 && columns[3][0] == rows);
    for (int64_t i = 0; i < count; i++) {
        CHECK(moved[i] < rows && columns[0][moved[i]] == frame[i] && columns[1][moved[i]] == moved[parent[i]]);
    }
    for (int64_t i = 1; i < rows; i++) {
        uint32_t above = columns[1][i], before = (uint32_t)i - 1;
        CHECK(above < i && columns[2][i] == columns[2][above] + 1 && columns[3][i] > i && columns[3][i] <= columns[3][above]);
        /* The row before is the parent, or ends here below a sibling with a smaller frame. */
        while (before != above && columns[1][before] != above) before = columns[1][before];
        CHECK(before == above || (columns[3][before] == i && columns[0][before] < columns[0][i]));
    }
    again(columns, rows);
    merge(columns, rows);
    parent[count / 2] = (uint32_t)count;
    CHECK(fs_preorder(parent, frame, count, columns, moved) == -2);
    for (int i = 0; i < 4; i++) free(columns[i]);
    free(parent), free(frame), free(moved);
}

int main(int count, char **arguments) {
    if (count < 4) return 2;
    state_of_random = strtoull(arguments[1], NULL, 10);
    long rounds = strtol(arguments[2], NULL, 10), inputs = 0;
    uint8_t *text = malloc(MAX_TEXT + 2), *changed = malloc(MAX_TEXT + 2);
    for (int i = 3; i < count; i++) {
        FILE *file = fopen(arguments[i], "rb");
        if (!file) fail(arguments[i]);
        size_t size = fread(text, 1, MAX_TEXT, file);
        fclose(file);
        for (long round = 0; round <= rounds; round++, inputs++) {
            memcpy(changed, text, size);
            size_t now = round ? mutate(changed, size) : size;
            memcpy(changed + now, "\n\n", 2);
            read_all(changed, (int64_t)now + 2, state_of_random);
            order();
        }
    }
    free(text), free(changed);
    printf("%ld inputs\n", inputs);
    return 0;
}

/* Feeds the kernel files, mutations of them and random bytes, and checks the promises of paths.c, wire.c, v8log.c and json.c.
 *
 *     driver SEED ROUNDS FILE...
 *
 * All input lies in memory of exactly its size, and so do columns, so that a sanitizer sees a single byte too far. */
#include "paths.c"
#include "json.c"
#include "v8log.c"
#include "wire.c"

#include <stdio.h>

#define PADDING 16
#define MAX_INPUT (1 << 16)

static uint64_t state_of_random;

static uint32_t next_random(uint32_t below) {
    state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state_of_random >> 33) % below;
}

#define CHECK(condition) \
    do { \
        if (!(condition)) fprintf(stderr, "broken: %s\n", #condition), exit(1); \
    } while (0)

static int64_t *ints(int64_t count) { return malloc((size_t)count * sizeof(int64_t) + !count); }

/* Random ranges, in order or overlapping, in `size` bytes. */
static int64_t ranges(int64_t size, int64_t **starts, int64_t **ends) {
    int64_t rows = next_random(20);
    *starts = ints(rows), *ends = ints(rows);
    for (int64_t i = 0; i < rows; i++) {
        (*starts)[i] = next_random((uint32_t)size + 1);
        (*ends)[i] = (*starts)[i] + next_random((uint32_t)(size - (*starts)[i]) + 1);
    }
    return rows;
}

static void numbers(const uint8_t *data, int64_t size, int longest) {
    int64_t *starts, *ends, rows = ranges(size, &starts, &ends), *counts = ints(rows), sum = 0;
    int64_t count = fs_wire_numbers(data, starts, ends, rows, longest, counts, NULL, NULL);
    for (int64_t i = 0; i < rows; sum += counts[i++]) CHECK(counts[i] <= ends[i] - starts[i]);
    CHECK(sum == count);
    int64_t *values = ints(count), *behind = ints(count), *one = ints(1);
    CHECK(fs_wire_numbers(data, starts, ends, rows, longest, NULL, values, behind) == count);
    for (int64_t i = 0, at = 0; i < rows; at += counts[i++])
        for (int64_t j = 0, place = starts[i]; j < counts[i]; place = behind[at + j++]) {
            CHECK(behind[at + j] > place && behind[at + j] <= ends[i] && behind[at + j] <= place + longest);
            fs_wire_at(data, size + PADDING, &place, 1, longest, one, &sum);
            CHECK(*one == values[at + j] && sum == behind[at + j]);
        }
    int64_t far = size + 1000;
    fs_wire_at(data, size + PADDING, &far, 1, longest, one, &sum);
    CHECK(*one == 0 && sum == far + 1);
    int64_t fixed = fs_wire_fixed64(data, starts, ends, rows, counts, NULL);
    uint64_t *wide = malloc((size_t)fixed * 8 + !fixed);
    CHECK(fs_wire_fixed64(data, starts, ends, rows, counts, wide) == fixed);
    free(starts), free(ends), free(counts), free(values), free(behind), free(one), free(wide);
}

static void fields(const uint8_t *data, int64_t size) {
    int64_t *starts, *ends, rows = ranges(size, &starts, &ends), *stopped = ints(rows), *columns[6];
    int64_t count = fs_wire_fields(data, starts, ends, rows, NULL, stopped);
    for (int i = 0; i < 6; i++) columns[i] = ints(count);
    CHECK(fs_wire_fields(data, starts, ends, rows, columns, stopped) == count);
    for (int64_t i = 0; i < count; i++) {
        int64_t row = columns[0][i], start = columns[3][i], end = columns[4][i];
        CHECK(row >= 0 && row < rows && (!i || row >= columns[0][i - 1]));
        CHECK(start > starts[row] && start <= end && end <= stopped[row] && stopped[row] <= ends[row]);
        CHECK(columns[2][i] != LENGTH || columns[5][i] == end - start);
    }
    for (int i = 0; i < 6; i++) free(columns[i]);
    free(starts), free(ends), free(stopped);
}

static void events(const uint8_t *data, int64_t size) {
    int64_t *columns[3], stopped, start = next_random((uint32_t)size + 1);
    int64_t count = fs_jfr_events(data, start, size, PADDING, 4, NULL, &stopped);
    for (int i = 0; i < 3; i++) columns[i] = ints(count);
    CHECK(fs_jfr_events(data, start, size, PADDING, 4, columns, &stopped) == count);
    for (int64_t i = 0; i < count; i++) CHECK(columns[1][i] <= stopped && columns[1][i] >= (i ? columns[1][i - 1] : start) + 4);
    CHECK(stopped <= size && stopped == (count ? columns[1][count - 1] : start));
    for (int i = 0; i < 3; i++) free(columns[i]);
}

static void traces(const uint8_t *data, int64_t size) {
    int64_t start = next_random((uint32_t)size + 1), wanted = next_random(100), width = 1 + next_random(5), found[3], again[3];
    const fs_layout l = {next_random(3), next_random(3), width, next_random((uint32_t)width), (int64_t)next_random((uint32_t)width + 1) - 1,
                         1 << 20, 64};
    fs_jfr_traces(data, start, size, wanted, &l, NULL, found);
    CHECK(found[0] <= wanted && found[2] >= start && found[2] <= size);
    int64_t *columns[3] = {ints(found[0]), ints(found[0]), ints(found[1])}, frames = 0;
    fs_jfr_traces(data, start, size, found[0], &l, columns, again);
    CHECK(again[0] == found[0] && again[1] == found[1] && again[2] == found[2]);
    for (int64_t i = 0; i < found[0]; i++) frames += columns[1][i];
    CHECK(frames == found[1]);
    for (int64_t i = 0; i < frames; i++) CHECK(columns[2][i] >= 0 && columns[2][i] < (int64_t)64 << 20);
    for (int i = 0; i < 3; i++) free(columns[i]);
}

/* Stacks of a few frames: a node's path is that of its stack. */
static void stacks(void) {
    key_table *t = fs_paths_new(state_of_random);
    uint32_t parents[4000] = {0}, names[4000] = {0};
    int64_t used = 1;
    for (int batch = 0; batch < 3; batch++) {
        int64_t count = next_random(20), total = 0, *lengths = ints(count), *ends = ints(count);
        for (int64_t i = 0; i < count; i++) total += lengths[i] = next_random(30);
        int64_t *frames = ints(total);
        for (int64_t i = 0; i < total; i++) frames[i] = next_random(2) ? next_random(3) : UINT32_MAX - 1;
        uint32_t *parent = malloc((size_t)total * 4 + !total), *frame = malloc((size_t)total * 4 + !total);
        int64_t new = fs_paths_stacks(t, frames, lengths, count, used, parent, frame, ends);
        CHECK(new >= 0 && new <= total);
        for (int64_t i = 0; i < new; i++) parents[used] = parent[i], names[used++] = frame[i];
        for (int64_t i = 0, at = 0; i < count; at += lengths[i++]) {
            int64_t node = ends[i];
            for (int64_t depth = lengths[i]; depth-- > 0; node = parents[node])
                CHECK(node > parents[node] && names[node] == (uint32_t)frames[at + depth]);
            CHECK(node == 0);
        }
        free(lengths), free(ends), free(frames), free(parent), free(frame);
    }
    fs_paths_free(t);
}

static void keys(const uint8_t *data, int64_t size) {
    int64_t count = size / 8, *number = ints(count), *first = ints(count), *starts, *ends;
    uint64_t *key = malloc((size_t)count * 8 + !count);
    for (int64_t i = 0; i < count; i++) key[i] = data[i] % 7;
    int64_t found = fs_number_keys(key, count, state_of_random, number, first), seen = 0;
    for (int64_t i = 0; i < count; i++) {
        CHECK(number[i] >= 0 && number[i] <= seen && key[first[number[i]]] == key[i]);
        if (number[i] == seen) CHECK(first[seen++] == i);
    }
    CHECK(seen == found);
    free(number), free(first), free(key);
    count = ranges(size, &starts, &ends);
    number = ints(count), first = ints(count);
    found = fs_number_texts(data, starts, ends, count, state_of_random, number, first);
    CHECK(found >= 0 && found <= count);
    for (int64_t i = 0; i < count; i++) {
        int64_t other = first[number[i]];
        CHECK(ends[other] - starts[other] == ends[i] - starts[i]);
        CHECK(!memcmp(data + starts[other], data + starts[i], (size_t)(ends[i] - starts[i])));
    }
    free(number), free(first), free(starts), free(ends);
}

/* The ticks of a text from the first one on, in memory of exactly their size. */
static void ticks(const uint8_t *data, int64_t size) {
    int64_t start = 0, latest = (int64_t)1 << 45, found[3], again[3];
    while (start < size && (size - start < 5 || memcmp(data + start, "tick,", 5))) start++;
    size -= start;
    uint8_t *exact = malloc((size_t)size + !size);
    memcpy(exact, data + start, (size_t)size);
    fs_v8_ticks(exact, size, latest, NULL, found);
    CHECK(found[2] <= size && (!found[2] || exact[found[2] - 1] == '\n') && found[1] >= 3 * found[0]);
    int64_t *columns[4] = {ints(found[0]), ints(found[0]), ints(found[0]), ints(found[1])}, slots = 0;
    fs_v8_ticks(exact, found[2], latest, columns, again);
    CHECK(!memcmp(found, again, sizeof found));
    for (int64_t i = 0; i < found[0]; slots += columns[2][i++]) CHECK(columns[0][i] >= 0 && columns[0][i] <= latest && columns[1][i] >= 0);
    CHECK(slots == found[1]);
    for (int64_t i = 0; i < slots; i++) CHECK(columns[3][i] >= NO_ADDRESS);
    for (int i = 0; i < 4; i++) free(columns[i]);
    free(exact);
}

/* Code at addresses, against a walk over all of it, and stacks of frames. */
static void code(const uint8_t *data, int64_t size) {
    int64_t rows = next_random(20), *starts = ints(rows), *ends = ints(rows), *frames = ints(rows), count = size < 100 ? size : 100;
    for (int64_t i = 0, at = 0; i < rows; i++, at = ends[i - 1]) {
        starts[i] = at + next_random(9), ends[i] = starts[i] + next_random(9), frames[i] = i + 1;
        if (next_random(2)) ends[i]++;
    }
    int64_t *places = ints(count), *found = ints(count);
    for (int64_t i = 0; i < count; i++) places[i] = (int64_t)data[i] - 9;
    fs_v8_code(places, count, starts, ends, frames, rows, found);
    for (int64_t i = 0; i < count; i++) {
        int64_t expected = 0;
        for (int64_t row = 0; row < rows; row++)
            if (places[i] >= starts[row] && places[i] < ends[row]) expected = frames[row];
        CHECK(found[i] == expected);
    }
    int64_t ticks = count / 8, *slots = ints(ticks), *states = ints(ticks), *lengths = ints(ticks), used = 0, kept = 0;
    for (int64_t i = 0; i < ticks; i++) {
        states[i] = next_random(3);
        used += slots[i] = 3 + next_random(6);
    }
    int64_t *slot = ints(used), *stacks = ints(used), deepest = 1 + next_random(9);
    for (int64_t i = 0; i < used; i++) slot[i] = next_random(4);
    int64_t lost = fs_v8_stacks(slot, states, slots, ticks, 9, 1, 8, deepest, stacks, lengths);
    for (int64_t i = 0, at = 0; i < ticks; at += slots[i++]) {
        CHECK(lengths[i] > 0 && lengths[i] <= deepest && lengths[i] <= slots[i]);
        CHECK(stacks[kept + lengths[i] - 1] == (slot[at] ? slot[at] : 9));
        for (int64_t j = 0; j < lengths[i]; j++) CHECK(stacks[kept + j] > 0);
        kept += lengths[i];
    }
    CHECK(lost >= 0 && lost + kept <= used);
    free(starts), free(ends), free(frames), free(places), free(found), free(slots), free(states), free(lengths), free(slot), free(stacks);
}

/* Arrays of numbers of a text, and of rows, which is cut behind the last of them. */
static void json(const uint8_t *data, int64_t size) {
    static const uint8_t names[] = "a\ntime\n", row_names[] = "data\n";
    int64_t least = 2 + next_random(20), room = next_random(4) ? size : next_random(3), behind = 0, values = 0;
    int64_t *columns[4] = {ints(room), ints(room), ints(room), ints(room)};
    int64_t count = fs_json_arrays(data, size, names, sizeof names - 1, row_names, sizeof row_names - 1, least, room, columns);
    CHECK(count >= 0 && count <= room);
    for (int64_t i = 0; i < count; i++) {
        int64_t start = columns[0][i], end = columns[1][i], cells = columns[2][i], width = columns[3][i];
        CHECK(start >= behind && end - start >= least && end <= size && data[start] == '[' && data[end - 1] == ']');
        CHECK(cells > 0 && cells <= 4 * (end - start) && width >= 0 && (!width || cells % width == 0));
        behind = end, values += cells;
    }
    uint8_t *exact = malloc((size_t)behind + !behind), *whole = malloc((size_t)count + !count);
    double *found = malloc((size_t)values * sizeof(double) + !values);
    memcpy(exact, data, (size_t)behind);
    fs_json_numbers(exact, columns[0], columns[2], columns[3], count, 1e15, -2e15, found, whole);
    for (int64_t i = 0, at = 0; i < count; at += columns[2][i++])
        for (int64_t j = 0; j < columns[2][i] && whole[i]; j++) CHECK(found[at + j] == -2e15 || (found[at + j] <= 1e15 && found[at + j] >= -1e15));
    free(exact), free(whole), free(found), free(columns[0]), free(columns[1]), free(columns[2]), free(columns[3]);
}

/* Folded stacks of a random tree, in one piece and in many, of memory of exactly their size. */
static void folded(void) {
    static const uint8_t names[] = "a;long name";
    static const int64_t starts[] = {0, 0, 1, 2, sizeof names - 1};
    int64_t nodes = 1 + next_random(20), *own = ints(nodes), at = 0, lines = 0;
    uint32_t *parent = calloc((size_t)nodes, 4), *frame = malloc((size_t)nodes * 4);
    for (int64_t i = 0; i < nodes; i++) {
        frame[i] = next_random(4);
        own[i] = next_random(3) ? next_random(2000) : 0;
        lines += own[i] != 0;
        if (i) parent[i] = next_random((uint32_t)i);
    }
    uint8_t *whole = malloc(1 << 12);
    int64_t size = fs_folded(parent, frame, own, nodes, names, starts, &at, whole, 1 << 12), done = 0, room = next_random(40);
    CHECK(at == nodes && size >= 0);
    for (int64_t i = 0; i < size; i++) lines -= whole[i] == '\n';
    CHECK(lines == 0 && (!size || whole[size - 1] == '\n'));
    for (at = 0; at < nodes;) {
        uint8_t *piece = malloc((size_t)room + !room);
        int64_t written = fs_folded(parent, frame, own, nodes, names, starts, &at, piece, room);
        CHECK(written >= -(1 << 12) && written <= room && done + written <= size);
        if (written < 0) room = -written;
        if (written > 0) CHECK(!memcmp(whole + done, piece, (size_t)written));
        if (written > 0) done += written;
        free(piece);
    }
    CHECK(done == size);
    free(own), free(parent), free(frame), free(whole);
}

static void all(const uint8_t *data, int64_t size) {
    uint8_t *exact = calloc((size_t)size + PADDING, 1);
    memcpy(exact, data, (size_t)size);
    numbers(exact, size, 10), numbers(exact, size, 9);
    fields(exact, size), events(exact, size), traces(exact, size), keys(exact, size), ticks(exact, size), stacks();
    code(exact, size), json(exact, size), folded();
    free(exact);
}

int main(int arguments, char **values) {
    static uint8_t data[MAX_INPUT];
    state_of_random = strtoull(values[1], NULL, 10);
    int64_t inputs = 0, rounds = atoi(values[2]);
    for (int i = 3; i <= arguments; i++) {
        FILE *file = i < arguments ? fopen(values[i], "rb") : NULL;
        int64_t size = file ? (int64_t)fread(data, 1, MAX_INPUT, file) : 4000;
        if (file) fclose(file);
        for (int64_t round = 0; round < rounds; round++, inputs++) {
            /* Behind the files: random bytes, of which one in four has its highest bit set. */
            for (int64_t j = 0; !file && j < size; j++) data[j] = (uint8_t)next_random(next_random(4) ? 128 : 256);
            all(data, next_random(4) ? size : next_random((uint32_t)size + 1));
            for (uint32_t j = next_random(8); size && j-- > 0;) data[next_random((uint32_t)size)] = (uint8_t)next_random(256);
        }
    }
    printf("%lld inputs\n", (long long)inputs);
    return 0;
}

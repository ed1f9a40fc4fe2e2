/* The ticks of V8's logs, in their usual form. Any other line is left to the caller. */
#include <stdint.h>
#include <stddef.h>
#include <string.h>

#define NO_ADDRESS (-1)

typedef struct { const uint8_t *at, *end; } text;

/* Takes a text if it comes next. */
static inline int take(text *t, const char *wanted, size_t size) {
    if ((size_t)(t->end - t->at) < size || memcmp(t->at, wanted, size)) return 0;
    t->at += size;
    return 1;
}

/* Takes a number of 1 to `longest` digits, up to 18. Returns it, or -1. */
static inline int64_t digits(text *t, int longest) {
    int64_t value = 0;
    const uint8_t *start = t->at;
    while (t->at < t->end && *t->at >= '0' && *t->at <= '9' && t->at - start < longest) value = 10 * value + (*t->at++ - '0');
    return t->at > start ? value : -1;
}

/* Takes 1 to 16 hexadecimal digits of a number below 2^63. Returns it, or -1. */
static inline int64_t hexadecimal(text *t) {
    uint64_t value = 0;
    const uint8_t *start = t->at;
    for (; t->at < t->end && t->at - start < 17; t->at++) {
        uint8_t c = *t->at;
        uint8_t digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
        if (digit > 15) break;
        value = value << 4 | digit;
    }
    return t->at > start && t->at - start < 17 && value <= INT64_MAX ? (int64_t)value : -1;
}

static inline int64_t address(text *t) { return take(t, "0x", 2) ? hexadecimal(t) : -1; }

/* Takes the callers of a tick, the innermost first, and the end of its line. Old logs have an address as the distance to the one before.
 * Writes them to `to`, where it is not NULL. Returns how many there are, or -1 for another form. */
static int64_t callers(text *t, int64_t before, int64_t *to) {
    int64_t count = 0;
    while (take(t, ",", 1)) {
        /* A stack that was too deep. */
        if (take(t, "overflow", 8)) continue;
        int64_t sign = take(t, "+", 1) ? 1 : take(t, "-", 1) ? -1 : 0;
        if (!take(t, "0x", 2) && !sign) return -1;
        int64_t value = hexadecimal(t);
        if (value < 0 || (sign > 0 && value > INT64_MAX - before) || (sign < 0 && value > before)) return -1;
        before = sign ? before + sign * value : value;
        if (to) to[count] = before;
        count++;
    }
    return take(t, "\n", 1) ? count : -1;
}

/* Reads ticks from the beginning of a text on, up to the first line of another form or without an end.
 *
 *     tick,0x10fa409,588510,0,0x0,3,0x11dc900,+0x24 …     pc, time, is external, its callback, state, callers
 *
 * `columns` are NULL, or four: time, state and number of slots, a row for each tick, and the address of each slot. The slots of a tick are its
 * pc, its callback if it is external code, one that the caller fills, and its callers; NO_ADDRESS stands for none. Times up to `latest` are
 * those of the usual form. `found` gets the number of ticks, of their slots, and of the bytes that they take. A call with columns finds what
 * one without them has found. */
void fs_v8_ticks(const uint8_t *data, int64_t size, int64_t latest, int64_t *const *columns, int64_t found[3]) {
    text t = {data, data + size};
    found[0] = found[1] = found[2] = 0;
    while (take(&t, "tick,", 5)) {
        int64_t pc = address(&t);
        if (pc < 0 || !take(&t, ",", 1)) return;
        int64_t time = digits(&t, 15);
        if (time < 0 || time > latest || !take(&t, ",", 1)) return;
        int external = take(&t, "1,", 2);
        if (!external && !take(&t, "0,", 2)) return;
        int none = take(&t, "0x0,", 4);
        int64_t callback = none ? 0 : address(&t);
        if (!none && (callback <= 0 || !take(&t, ",", 1))) return;
        int64_t state = digits(&t, 9);
        if (state < 0) return;
        text rest = t;
        int64_t count = callers(&t, pc, NULL);
        if (count < 0) return;
        if (columns) {
            int64_t *slot = columns[3] + found[1];
            columns[0][found[0]] = time;
            columns[1][found[0]] = state;
            columns[2][found[0]] = 3 + count;
            slot[0] = pc;
            slot[1] = external && !none ? callback : NO_ADDRESS;
            slot[2] = NO_ADDRESS;
            (void)callers(&rest, pc, slot + 3);
        }
        found[0]++;
        found[1] += 3 + count;
        found[2] = t.at - data;
    }
}

/* Finds the code at each of `count` addresses: the frame of the piece of code that it is in, 0 for none. `starts`, `ends` and `frames` have
 * `rows` pieces of code, sorted, which do not overlap. A negative address is none. */
void fs_v8_code(const int64_t *addresses, int64_t count, const int64_t *starts, const int64_t *ends, const int64_t *frames, int64_t rows,
                int64_t *found) {
    for (int64_t i = 0; i < count; i++) {
        /* The last start that is not behind the address, if there is one. No step depends on a guess. */
        const int64_t *start = starts;
        for (int64_t left = rows, half; left > 1; left -= half) {
            half = left / 2;
            start += start[half] <= addresses[i] ? half : 0;
        }
        int64_t place = start - starts;
        found[i] = rows && addresses[i] >= *start && addresses[i] < ends[place] ? frames[place] : 0;
    }
}

/* Makes stacks of the frames of `count` ticks, whose slots are those of fs_v8_ticks with a frame or 0 for each address. A tick without a frame
 * of its pc has the frame `unknown`, a callback that is the same frame is left out, and a tick in the state `collecting` has the frame
 * `collector` behind these. Of deeper stacks only the innermost `deepest` frames stay. `stacks` has room for all slots, and gets the frames of
 * each stack from the root to the leaf; `lengths` gets the number of these. Returns how many callers have no frame. */
int64_t fs_v8_stacks(const int64_t *frames, const int64_t *states, const int64_t *slots, int64_t count, int64_t unknown, int64_t collecting,
                     int64_t collector, int64_t deepest, int64_t *stacks, int64_t *lengths) {
    int64_t lost = 0;
    for (int64_t i = 0; i < count; frames += slots[i++]) {
        int64_t leaf = frames[0] ? frames[0] : unknown, length = 1;
        int64_t callback = frames[1] != leaf ? frames[1] : 0, garbage = states[i] == collecting ? collector : 0;
        length += (callback != 0) + (garbage != 0);
        for (int64_t slot = 3; slot < slots[i]; slot++) length += frames[slot] != 0;
        lost += slots[i] - 3 - (length - 1 - (callback != 0) - (garbage != 0));
        lengths[i] = length < deepest ? length : deepest;
        int64_t *to = stacks + lengths[i];
        stacks = to;
        /* From the leaf on, each frame before the last one. */
        for (int64_t slot = 0, left = lengths[i]; left > 0; slot++) {
            int64_t frame = slot > 2 ? frames[slot] : slot == 0 ? leaf : slot == 1 ? callback : garbage;
            if (frame) *--to = frame, left--;
        }
    }
    return lost;
}
